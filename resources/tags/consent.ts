/** What the page knows about consent, in the words of `POST /v1/decisions`. */
export type Consent = {
  gdpr?: boolean
  tcf?: string
  gpp?: string
  gppSid?: number[]
  usPrivacy?: string
}

type Callback<T> = (data: T, success?: boolean) => void
type ConsentApis = {
  __tcfapi?: (
    command: string,
    version: number,
    callback: Callback<{
      gdprApplies?: boolean
      tcString?: string
      eventStatus?: string
      listenerId?: number
    }>,
    parameter?: number
  ) => void
  __gpp?: (command: string, callback: Callback<{ gppString?: string; applicableSections?: number[] }>) => void
  __uspapi?: (command: string, version: number, callback: Callback<{ uspString?: string }>) => void
}

/** How long ads wait for a consent platform; after that they are asked for as if consent were refused. */
const CONSENT_WAIT_MS = 1000

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

/** Asks the consent platforms that are on the page; an absent one adds nothing. Never rejects. */
export async function consentOfPlatforms(): Promise<Consent> {
  const apis = window as unknown as ConsentApis
  const [tcf, gpp, usp] = await Promise.all([readTcf(apis), readGpp(apis), readUsp(apis)])
  return { ...tcf, ...gpp, ...usp }
}

function readTcf({ __tcfapi: api }: ConsentApis): Promise<Consent> {
  if (typeof api !== 'function') return Promise.resolve({})
  // A platform that stays silent has not been given consent: GDPR is taken to apply.
  return answerOf({ gdpr: true }, (done) =>
    api('addEventListener', 2, (data, success) => {
      if (!success || data.eventStatus === 'cmpuishown') return
      if (data.listenerId !== undefined) api('removeEventListener', 2, () => {}, data.listenerId)
      done({ gdpr: data.gdprApplies !== false, ...(data.tcString ? { tcf: data.tcString } : {}) })
    })
  )
}

function readGpp({ __gpp: api }: ConsentApis): Promise<Consent> {
  if (typeof api !== 'function') return Promise.resolve({})
  return answerOf({}, (done) =>
    api('ping', (data) =>
      done(
        data?.gppString
          ? { gpp: data.gppString, gppSid: (data.applicableSections ?? []).filter((id) => id > 0) }
          : {}
      )
    )
  )
}

function readUsp({ __uspapi: api }: ConsentApis): Promise<Consent> {
  if (typeof api !== 'function') return Promise.resolve({})
  return answerOf({}, (done) =>
    api('getUSPData', 1, (data, success) =>
      done(success && data?.uspString ? { usPrivacy: data.uspString } : {})
    )
  )
}

/** The answer that `ask` gives, or `otherwise` when it fails or takes too long. */
function answerOf(otherwise: Consent, ask: (done: (consent: Consent) => void) => void): Promise<Consent> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(otherwise), CONSENT_WAIT_MS)
    try {
      ask(resolve)
    } catch (error) {
      console.warn('placard: the consent platform failed', error)
      resolve(otherwise)
    }
  })
}
