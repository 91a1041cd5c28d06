import { chromium, type Browser } from 'playwright-core'

/** Quiet and alike everywhere: no sandbox (root in containers), no GPU, no calls home. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** What a person's Chromium says; the headless one names itself, which the bot rules rightly refuse. */
export const PERSON_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * Starts headless Chromium, from CHROMIUM_PATH as `npm test` found it. The caller closes it.
 * @throws Error when there is none: a browser test that cannot run fails, it is not passed over
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
  if (executablePath === '') throw new Error('No Chromium on this machine: install it or set CHROMIUM_PATH')
  return chromium.launch({ executablePath, headless: true, args: BROWSER_FLAGS })
}
