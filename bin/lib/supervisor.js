/** Keeps stores and server up: whoever dies is started again, with a growing pause when it dies at once. */
import { dim, say, warn, yellow } from './steps.js'
import { sleep } from './processes.js'

const LOOK_EVERY_MS = 300
const FIRST_PAUSE_MS = 200
const QUICK_PAUSE_MS = 3_000 // longest pause while it is still hoped that the next start works
const SLOW_PAUSE_MS = 30_000 // after that
const QUICK_DEATHS = 5
const STABLE_AFTER_MS = 20_000

/** How long to wait before a unit is started again that died `deaths` times in a row. */
export function pauseAfter(deaths) {
  if (deaths > QUICK_DEATHS) return SLOW_PAUSE_MS
  return Math.min(FIRST_PAUSE_MS * 2 ** (deaths - 1), QUICK_PAUSE_MS)
}

/**
 * @typedef {object} Unit
 * @property {string} name
 * @property {string} logFile
 * @property {() => boolean} alive
 * @property {boolean} [planned] set when it was ended on purpose: no death, started again at once
 * @property {() => Promise<void>} revive resolves once it works again
 */

/**
 * Watches units in their order until `stopped()`.
 * @param {Unit[]} units those that others need come first
 * @param {{ stopped: () => boolean, onLook?: () => void, onRevived?: () => void }} hooks
 */
export async function keepUp(units, { stopped, onLook = () => undefined, onRevived = () => undefined }) {
  const state = new Map(units.map((unit) => [unit, { deaths: 0, since: Date.now() }]))
  while (!stopped()) {
    for (const unit of units) {
      if (!unit.alive() && !stopped()) {
        await revive(unit, state.get(unit), stopped)
        onRevived()
      }
    }
    onLook()
    await sleep(LOOK_EVERY_MS)
  }
}

async function revive(unit, state, stopped) {
  if (unit.planned) {
    unit.planned = false
    state.deaths = 0
    return tryRevive(unit, state, 0)
  }
  state.deaths = Date.now() - state.since > STABLE_AFTER_MS ? 1 : state.deaths + 1
  const pause = pauseAfter(state.deaths)
  if (state.deaths === QUICK_DEATHS + 1) {
    warn(
      `placard: ${unit.name} died ${QUICK_DEATHS} times in a row, the next try is in ${pause / 1_000} s: see ${unit.logFile}`
    )
  } else warn(`${yellow('!')} ${unit.name} died and is started again ${dim(`(${unit.logFile})`)}`)
  for (const end = Date.now() + pause; Date.now() < end && !stopped();) await sleep(50)
  if (stopped()) return
  await tryRevive(unit, state, pause)
}

async function tryRevive(unit, state, pause) {
  const begun = performance.now()
  try {
    await unit.revive()
    if (unit.alive()) {
      say(`✔ ${unit.name} is back ${dim(`${((performance.now() - begun + pause) / 1_000).toFixed(1)} s`)}`)
    }
  } catch (error) {
    warn(`placard: ${unit.name} did not come back: ${error.message}`)
  }
  state.since = Date.now()
}
