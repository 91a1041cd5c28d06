/** Ctrl-C and SIGTERM: the first asks everything to stop in order, a second one forces. */
import { endCommands } from './commands.js'
import { whenOrphaned } from './handover.js'
import { say } from './steps.js'

const SAME_KEYPRESS_MS = 500 // the terminal and npm both pass one Ctrl-C on

/** Thrown out of the work that a stop interrupts. */
export class Stopped extends Error {}

/**
 * Listens for the wish to stop.
 * @param {() => void} onForce called for a second Ctrl-C; ends what is left and exits
 */
export function listenForStop(onForce) {
  const stop = { requested: false, check }
  let at = 0
  function ask() {
    if (stop.requested) {
      if (Date.now() - at > SAME_KEYPRESS_MS) onForce()
      return
    }
    stop.requested = true
    at = Date.now()
    say('Stopping … (Ctrl-C again to force)')
    endCommands()
  }
  function check() {
    if (stop.requested) throw new Stopped()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, ask)
  whenOrphaned(ask)
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined) // a terminal that went away must not take the stores with it unasked
  }
  return stop
}
