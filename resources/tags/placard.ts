/**
 * placard.js: fills every `<div data-placard="PLACEMENT_ID">` of a page with one request. Sets no cookie, stores
 * nothing, and an error of its own never reaches the page. Documented in docs/tags.md.
 */
import { consentOfAttributes, consentOfPlatforms, type Consent } from './consent.ts'
import { Slot, wordsOf, type Decision } from './slot.ts'

/** What a page may say before or after the script loads, as `window.placard`. */
type Placard = {
  consent?: Consent
  user?: { id?: string }
  keywords?: string[]
  properties?: Record<string, unknown>
  /** Asks for new ads: of the whole page, of one element, or of all slots of a placement. */
  refresh?: (target?: Element | string) => Promise<void>
}

/** Placements of one request, as the server allows. */
const SLOTS_PER_REQUEST = 20

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : findScript()
const origin = script?.dataset.origin ?? (script?.src ? new URL(script.src).origin : location.origin)
const page = window as unknown as { placard?: Placard }
const placard: Placard = (page.placard ??= {})
const slots = new Map<Element, Slot>()

function findScript(): HTMLScriptElement | null {
  return document.querySelector<HTMLScriptElement>('script[src*="/placard.js"]')
}

function slotsOf(target?: Element | string): Slot[] {
  for (const element of document.querySelectorAll<HTMLElement>('[data-placard]')) {
    if (element.dataset.placard && !slots.has(element)) slots.set(element, new Slot(element))
  }
  for (const element of [...slots.keys()]) if (!element.isConnected) slots.delete(element)
  const all = [...slots.values()]
  if (target === undefined) return all
  return all.filter((slot) => slot.element === target || slot.id === target)
}

async function consentNow(): Promise<Consent> {
  return {
    ...(await consentOfPlatforms()),
    ...consentOfAttributes(script?.dataset ?? {}),
    ...placard.consent,
  }
}

async function ask(batch: readonly Slot[], consent: Consent): Promise<readonly Decision[]> {
  const question = {
    placements: batch.map((slot) => slot.question()),
    url: location.href,
    referrer: document.referrer || undefined,
    user: placard.user,
    keywords: [...(placard.keywords ?? []), ...wordsOf(script?.dataset.keywords ?? '')],
    properties: placard.properties,
    consent,
  }
  const answer = await fetch(`${origin}/v1/decisions`, {
    method: 'POST',
    // text/plain needs no preflight, which saves a round trip.
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(question),
    credentials: 'omit',
  })
  const body = await answer.json()
  if (!answer.ok) throw new Refusal(body.detail ?? String(answer.status), body.field)
  return body.decisions
}

class Refusal extends Error {
  constructor(
    detail: string,
    readonly field?: string
  ) {
    super(field ? `${detail} (${field})` : detail)
  }
}

async function fill(batch: readonly Slot[], consent: Consent): Promise<void> {
  const turns = batch.map((slot) => ++slot.turn)
  try {
    const decisions = await ask(batch, consent)
    batch.forEach((slot, index) => {
      if (slot.turn === turns[index]) slot.show(decisions[index] ?? { ad: null })
    })
  } catch (error) {
    const faulty = batch[Number(/^placements\[(\d+)\]/.exec((error as Refusal).field ?? '')?.[1] ?? -1)]
    for (const slot of faulty ? [faulty] : batch) slot.state('error')
    console.warn('placard: no ad', error)
    // One wrong placement must not cost the others their ads.
    if (faulty && batch.length > 1) {
      await fill(
        batch.filter((slot) => slot !== faulty),
        consent
      )
    }
  }
}

async function refresh(target?: Element | string): Promise<void> {
  const found = slotsOf(target)
  const wanted = found.filter((slot) => slot.isDisplayed)
  for (const slot of found) {
    if (!slot.isDisplayed) slot.whenDisplayed(() => void refresh(slot.element))
  }
  if (wanted.length === 0) return
  for (const slot of wanted) {
    slot.reserve()
    slot.state('loading')
  }
  const consent = await consentNow()
  const batches = []
  for (let at = 0; at < wanted.length; at += SLOTS_PER_REQUEST) {
    batches.push(wanted.slice(at, at + SLOTS_PER_REQUEST))
  }
  await Promise.all(batches.map((batch) => fill(batch, consent)))
}

/** Runs when the page is there for a person: parsed, and not merely rendered in advance. */
function start(): void {
  const { prerendering } = document as Document & { prerendering?: boolean }
  if (prerendering) return document.addEventListener('prerenderingchange', start, { once: true })
  if (document.readyState === 'loading') {
    return document.addEventListener('DOMContentLoaded', start, { once: true })
  }
  void refresh()
}

placard.refresh = refresh
start()
