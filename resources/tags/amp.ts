/** Script of the document that an AMP page shows in an `amp-iframe`: asks AMP for the consent, then fills the slot. */
import { Client } from './client.ts'
import { consentOfAttributes, type Consent } from './consent.ts'
import { wordsOf } from './slot.ts'

/** As long as on other pages; an AMP page without `amp-consent` answers at once that it knows nothing. */
const WAIT_MS = 1000
/** @source AMP, `CONSENT_STRING_TYPE` */
const STRING_TYPE = { tcf: 2, usPrivacy: 3 } as const

type Answer = {
  readonly sentinel?: unknown
  readonly type?: unknown
  readonly consentString?: unknown
  readonly consentMetadata?: { readonly gdprApplies?: unknown; readonly consentStringType?: unknown } | null
}

/** @source AMP documentation of amp-iframe and amp-consent: messages `send-consent-data` and `consent-data` */
function askAmp(): Promise<Consent> {
  return new Promise((resolve) => {
    const listen = ({ source, data }: MessageEvent<Answer | null>) => {
      if (source !== window.parent || typeof data !== 'object' || data === null) return
      if (data.sentinel !== 'amp' || data.type !== 'consent-data') return
      removeEventListener('message', listen)
      resolve(consentOf(data))
    }
    addEventListener('message', listen)
    setTimeout(() => resolve({}), WAIT_MS)
    window.parent.postMessage({ sentinel: 'amp', type: 'send-consent-data' }, '*')
  })
}

function consentOf({ consentString, consentMetadata }: Answer): Consent {
  const consent: Consent = {}
  if (typeof consentMetadata?.gdprApplies === 'boolean') consent.gdpr = consentMetadata.gdprApplies
  if (typeof consentString !== 'string' || consentString === '') return consent
  const type = consentMetadata?.consentStringType ?? STRING_TYPE.tcf
  if (type === STRING_TYPE.usPrivacy) consent.usPrivacy = consentString
  if (type === STRING_TYPE.tcf) consent.tcf = consentString
  return consent
}

const { dataset } = document.body
void askAmp().then((consent) => {
  const words = {
    url: dataset.url || document.referrer || undefined,
    keywords: wordsOf(dataset.keywords ?? ''),
    consent: { ...consent, ...consentOfAttributes(dataset) },
  }
  new Client({ origin: dataset.origin ?? '', observe: false }, words).start()
})
