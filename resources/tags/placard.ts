/**
 * placard.js: fills every `<div data-placard="PLACEMENT_ID">` of a page with one request. Documented in docs/tags.md.
 */
import { Client, type Placard, type PlacardOptions, type Words } from './client.ts'
import { consentOfAttributes } from './consent.ts'
import { wordsOf } from './slot.ts'
import { whenThere } from './start.ts'

type Task = (placard: Placard) => void
/** What a page may say before the script loads, as `window.placard`. */
type Early = Words & Partial<Placard> & { queue?: { push(task: Task): void } | Task[] }

const found = document.currentScript ?? document.querySelector('script[src*="/placard.js"]')
const script = found instanceof HTMLScriptElement ? found : null
const data: DOMStringMap = script?.dataset ?? {}
const page = window as unknown as { placard?: Early }
const placard: Early = (page.placard ??= {})
const ownWords = wordsOf(data.keywords ?? '')

function numberOf(text: string | undefined, otherwise?: number): number | undefined {
  if (text === undefined || text === 'off') return undefined
  return text.trim() !== '' && Number(text) >= 0 ? Number(text) : otherwise
}

const options: PlacardOptions = {
  origin: data.origin ?? (script?.src ? new URL(script.src).origin : location.origin),
  lazy: numberOf(data.lazy, 200),
  refresh: numberOf(data.refresh),
  observe: data.observe !== 'off',
  history: data.history === 'refresh',
  consentWait: numberOf(data.consentWait),
  consent: consentOfAttributes(data),
}
/** The page's own words are read at every request; the keywords of the script's tag go with them. */
const words: Words = {
  get consent() {
    return placard.consent
  },
  get user() {
    return placard.user
  },
  get keywords() {
    return [...(placard.keywords ?? []), ...ownWords]
  },
  get properties() {
    return placard.properties
  },
}
const client = new Client(options, words)

function run(task: Task): void {
  try {
    task(placard as Placard)
  } catch (error) {
    console.warn('placard: a queued task failed', error)
  }
}

placard.refresh = (target) => client.refresh(target)
placard.on = (name, listener) => client.on(name, listener)
placard.stop = () => client.stop()
const waiting = Array.isArray(placard.queue) ? placard.queue : []
placard.queue = { push: run }
waiting.forEach(run)
whenThere(() => client.start())
