/** One request for ads. */
import type { Consent } from './consent.ts'
import type { Words } from './client.ts'
import type { Decision, Slot } from './slot.ts'

const madeUp = () => Math.random().toString(36).slice(2) + Date.now().toString(36)
/** Ids that live in memory only and name nobody: rules of a page, and caps where no consent allows an id, go by them. */
const session = madeUp()
let view = { url: '', id: '' }

/** The same for each call of a page, another when its address has changed. */
function viewOf(url: string): string {
  if (view.url !== url) view = { url, id: madeUp() }
  return view.id
}

/** The server said no. */
export class Refusal extends Error {
  /** Index of the slot that is wrong; null when it is none of them. */
  readonly slot: number | null

  constructor(detail: string, field?: string) {
    super(field ? `${detail} (${field})` : detail)
    const match = /^placements\[(\d+)\]/.exec(field ?? '')
    this.slot = match ? Number(match[1]) : null
  }
}

/**
 * Decisions for the slots, in their order.
 * @throws Refusal when the server refuses; TypeError when there is no way to it
 */
export async function ask(
  origin: string,
  slots: readonly Slot[],
  { url, user, keywords, properties }: Words,
  consent: Consent
): Promise<readonly Decision[]> {
  const question = {
    placements: slots.map((slot) => slot.question()),
    url: url ?? location.href,
    referrer: (url === undefined && document.referrer) || undefined,
    user,
    keywords,
    properties,
    consent,
    pageView: viewOf(url ?? location.href),
    session,
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
