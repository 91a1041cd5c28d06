/** Chromium for the browser tests: from CHROMIUM_PATH or the PATH, else by apt-get. */
import { existsSync } from 'node:fs'
import { Failure } from './failure.js'
import { installPackages, onPath } from './packages.js'

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** @returns {Promise<string | null>} path of a browser; null when none is there and none can be installed */
export async function findBrowser(logFile, onInstall = () => undefined) {
  const given = process.env.CHROMIUM_PATH
  if (given) {
    if (!existsSync(given)) throw new Failure(`CHROMIUM_PATH names ${given}, which does not exist`)
    return given
  }
  const found = onPath(...PROGRAMS)
  if (found) return found
  onInstall()
  return (await installPackages(['chromium'], logFile)) ? onPath(...PROGRAMS) : null
}
