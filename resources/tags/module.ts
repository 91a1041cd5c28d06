/** The script as a module, published as `@placard/tag`. Importing it does nothing; it may be imported on a server. */
import { Client, type Placard, type PlacardOptions, type Words } from './client.ts'
import { whenThere } from './start.ts'

export type { Placard, PlacardOptions } from './client.ts'
export type { Consent } from './consent.ts'
export type { PlacardEvents } from './events.ts'
export type { SlotEvent, SlotEventName, SlotState } from './slot.ts'

/**
 * Fills the slots (`<div data-placard="PLACEMENT_ID">`) of the page, those that come later too. Call it once, in a
 * browser.
 *
 * @throws TypeError when `origin` is no absolute http(s) URL
 */
export function createPlacard(options: PlacardOptions): Placard {
  const url = new URL(options.origin)
  if (!/^https?:$/.test(url.protocol)) throw new TypeError('origin must be an absolute http(s) URL')
  const { consent, user, keywords, properties } = options
  const words: Words = { consent, user, keywords, properties }
  const client = new Client({ ...options, origin: url.origin }, words)
  whenThere(() => client.start())
  return Object.assign(words, {
    refresh: (target?: Element | string) => client.refresh(target),
    on: client.on.bind(client),
    stop: () => client.stop(),
  })
}
