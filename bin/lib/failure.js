/**
 * A problem that a person can fix: its message is one line that says what to do, and no stack is printed.
 */
export class Failure extends Error {
  /** @param {string} message @param {{ exitCode?: number, cause?: unknown }} [options] */
  constructor(message, { exitCode = 1, cause } = {}) {
    super(message, { cause })
    this.name = 'Failure'
    this.exitCode = exitCode
  }
}

/** Prints a failure as one line, anything else with its stack, and returns the exit code. */
export function report(error) {
  if (error instanceof Failure) console.error(`placard: ${error.message}`)
  else console.error(error)
  return error instanceof Failure ? error.exitCode : 1
}
