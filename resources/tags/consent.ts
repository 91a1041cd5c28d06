/** What the page's consent platforms say, now and when it changes. */
import { findApi, type ApiName, type ConsentApi, type Reply } from './consent_api.ts'

/** What the page knows about consent, in the words of `POST /v1/decisions`. */
export type Consent = {
  gdpr?: boolean
  tcf?: string
  gpp?: string
  gppSid?: number[]
  usPrivacy?: string
}

/** How long ads wait for a consent platform; after that they are asked for as if consent were refused. */
export const CONSENT_WAIT_MS = 1000
/** How often is looked for a platform that comes late. */
const LOOK_MS = 50

/** Attributes of the script's tag: `data-gdpr`, `data-tcf`, `data-gpp`, `data-gpp-sid`, `data-us-privacy`. */
export function consentOfAttributes(data: DOMStringMap): Consent {
  const consent: Consent = {}
  if (data.gdpr !== undefined) consent.gdpr = data.gdpr === '1' || data.gdpr === 'true'
  if (data.tcf) consent.tcf = data.tcf
  if (data.gpp) consent.gpp = data.gpp
  if (data.gppSid) consent.gppSid = data.gppSid.split(',').map(Number).filter(Number.isInteger)
  if (data.usPrivacy) consent.usPrivacy = data.usPrivacy
  return consent
}

/** Says what it knows whenever that changes; `settled` when it is the reader's answer and no longer a guess. */
type Say = (consent: Consent, settled: boolean) => void
type Part = { readonly name: ApiName; readonly listen: (api: ConsentApi, say: Say) => void }
const PARTS: readonly Part[] = [
  { name: '__tcfapi', listen: listenToTcf },
  { name: '__gpp', listen: listenToGpp },
  { name: '__uspapi', listen: listenToUsp },
]

/** Follows the platforms from the first question on. */
export class ConsentPlatforms {
  private readonly known = new Map<ApiName, { consent: Consent; settled: boolean }>()
  private waited = false
  private told = ''

  /**
   * @param waitMs    how long the first question waits for an answer
   * @param expected  a platform will come: wait for it too, not only for one that is there
   * @param changed   called when an answer that was given before is not true any more
   */
  constructor(
    private readonly waitMs: number,
    private readonly expected: boolean,
    private readonly changed: (consent: Consent) => void
  ) {}

  /** What the platforms say; waits for those that are there, once. Never rejects. */
  async now(): Promise<Consent> {
    this.look()
    const until = performance.now() + this.waitMs
    while (!this.waited && this.isOpen() && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_MS, this.waitMs)))
      this.look()
    }
    this.waited = true
    const consent = this.together()
    this.told = JSON.stringify(consent)
    return consent
  }

  private isOpen(): boolean {
    const parts = [...this.known.values()]
    return parts.some(({ settled }) => !settled) || (this.expected && parts.length === 0)
  }

  private together(): Consent {
    return Object.assign({}, ...[...this.known.values()].map(({ consent }) => consent))
  }

  /** Begins to listen to platforms that have come. */
  private look(): void {
    for (const { name, listen } of PARTS) {
      const api = this.known.has(name) ? null : findApi(name)
      if (!api) continue
      // A TCF platform that stays silent has not been given consent: GDPR is taken to apply.
      this.known.set(name, { consent: name === '__tcfapi' ? { gdpr: true } : {}, settled: false })
      try {
        listen(api, (consent, settled) => this.hear(name, consent, settled))
      } catch (error) {
        console.warn('placard: the consent platform failed', error)
        this.known.get(name)!.settled = true
      }
    }
  }

  private hear(name: ApiName, consent: Consent, settled: boolean): void {
    this.known.set(name, { consent, settled })
    if (!settled || !this.waited) return
    const together = this.together()
    if (JSON.stringify(together) === this.told) return
    this.told = JSON.stringify(together)
    this.changed(together)
  }
}

/** @source IAB TCF CMP API 2, addEventListener: `tcloaded` and `useractioncomplete` bring the reader's answer */
function listenToTcf(api: ConsentApi, say: Say): void {
  api('addEventListener', 2, (data, success) => {
    if (!success || !data) return say({ gdpr: true }, true)
    if (data.gdprApplies === false) return say({ gdpr: false }, true)
    if (data.eventStatus === 'cmpuishown') return
    say({ gdpr: true, ...(data.tcString ? { tcf: String(data.tcString) } : {}) }, true)
  })
}

/** @source IAB GPP CMP API 1.1: `ping` for what is known now, `addEventListener` for what comes */
function listenToGpp(api: ConsentApi, say: Say): void {
  const read = (ping: Reply) => {
    // Platforms of version 1.0 know no signalStatus.
    const ready = ping?.signalStatus ? ping.signalStatus === 'ready' : ping?.cmpStatus === 'loaded'
    if (!ping || !ready) return
    const sections = Array.isArray(ping.applicableSections) ? ping.applicableSections : []
    const gppSid = sections.map(Number).filter((id) => id > 0)
    say(ping.gppString ? { gpp: String(ping.gppString), gppSid } : {}, true)
  }
  api('ping', '1.1', read)
  api('addEventListener', '1.1', (event) => read(event?.pingData as Reply))
}

/** @source IAB US Privacy User Signal API */
function listenToUsp(api: ConsentApi, say: Say): void {
  api('getUSPData', 1, (data, success) => {
    say(success && data?.uspString ? { usPrivacy: String(data.uspString) } : {}, true)
  })
}
