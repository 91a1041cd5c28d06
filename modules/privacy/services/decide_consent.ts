import { PURPOSE, type ConsentDecision, type ConsentSignals } from '#modules/privacy/contract'
import { GPP_EU_TCF, GPP_US_PRIVACY, readGpp } from '#modules/privacy/services/gpp'
import { readTcf } from '#modules/privacy/services/tcf'
import { readUsPrivacy } from '#modules/privacy/services/us_privacy'

const ALL = PURPOSE.storage | PURPOSE.basicAds | PURPOSE.personalisedAds | PURPOSE.measurement
/** What an opt-out of sale leaves: ads by context and counting them. */
const CONTEXTUAL = PURPOSE.basicAds | PURPOSE.measurement

/** TCF purposes that ours stand for. @source TCF policies, appendix A */
const TCF_PURPOSES: readonly (readonly [number, number])[] = [
  [1, PURPOSE.storage],
  [2, PURPOSE.basicAds],
  [4, PURPOSE.personalisedAds],
  [7, PURPOSE.measurement],
]

/** What one signal says; several are joined, and the one that forbids more wins. */
type Verdict = { readonly mayUseId: boolean; readonly purposes: number; readonly reason: string }
const optedOut = (reason: string): Verdict => ({ mayUseId: false, purposes: CONTEXTUAL, reason })
const refused = (reason: string): Verdict => ({ mayUseId: false, purposes: 0, reason })
const free = (reason: string): Verdict => ({ mayUseId: true, purposes: ALL, reason })

/**
 * What the signals of one request allow. Pure but for a cache of decoded strings.
 *
 * No identifier unless something says that one may be used: a TC string with consent to purpose 1, or the statement
 * that GDPR does not apply. Any signal that forbids wins over all that allow. The table of cases is in the README.
 */
export function decideConsent(signals: ConsentSignals): ConsentDecision {
  const gpp = readGppSignals(signals)
  const verdicts = [...restrictions(signals), ...gpp.verdicts, ...european(signals, gpp.tcf)]
  const purposes = verdicts.reduce((sum, verdict) => sum & verdict.purposes, ALL)
  const against = verdicts.find((verdict) => !verdict.mayUseId)
  if (!against) return { mayUseId: true, purposes, reason: verdicts.at(-1)!.reason }
  return { mayUseId: false, purposes: purposes & ~PURPOSE.storage, reason: against.reason }
}

/** Opt-outs that stand by themselves. An empty string is one that was not sent. */
function restrictions({ globalPrivacyControl, usPrivacy }: ConsentSignals): Verdict[] {
  const verdicts: Verdict[] = []
  if (globalPrivacyControl) verdicts.push(optedOut('gpc'))
  if (usPrivacy) verdicts.push(...usPrivacyVerdicts(usPrivacy))
  return verdicts
}

function usPrivacyVerdicts(text: string): Verdict[] {
  const reading = readUsPrivacy(text)
  if (reading === 'malformed') return [optedOut('us_privacy_malformed')]
  return reading === 'opted_out' ? [optedOut('us_privacy_opt_out')] : []
}

/** The law of Europe: asked when it applies, and when nobody says whether it does. */
function european({ gdpr, tcf }: ConsentSignals, gppTcf: string | undefined): Verdict[] {
  const strings = [tcf, gppTcf].filter((text) => text !== undefined && text !== '') as string[]
  if (gdpr === false && gppTcf === undefined) return [free('gdpr_not_applicable')]
  if (gdpr === false) return [tcfVerdict(gppTcf!)]
  if (strings.length > 0) return strings.map(tcfVerdict)
  return [refused(gdpr === true ? 'tcf_missing' : 'no_signal')]
}

function tcfVerdict(text: string): Verdict {
  const reading = readTcf(text)
  if (reading.kind !== 'valid') return refused(reading.kind === 'v1' ? 'tcf_v1' : 'tcf_malformed')
  const purposes = TCF_PURPOSES.reduce(
    (sum, [purpose, bit]) => (reading.purposes.has(purpose) ? sum | bit : sum),
    0
  )
  const mayUseId = (purposes & PURPOSE.storage) !== 0
  return { mayUseId, purposes, reason: mayUseId ? 'tcf_granted' : 'tcf_denied' }
}

/** `tcf`: the European section when it applies, empty when it was announced and is not there. */
function readGppSignals({ gpp, gppSid }: ConsentSignals): { verdicts: Verdict[]; tcf: string | undefined } {
  const sections = gpp ? readGpp(gpp) : new Map<number, string>()
  if (!sections) return { verdicts: [refused('gpp_malformed')], tcf: undefined }
  const applying = gppSid ? gppSid.filter((id) => id > 0) : [...sections.keys()]
  const verdicts: Verdict[] = []
  for (const id of applying) {
    if (id === GPP_EU_TCF) continue
    const section = sections.get(id)
    if (id === GPP_US_PRIVACY && section !== undefined) verdicts.push(...usPrivacyVerdicts(section))
    else verdicts.push(optedOut('gpp_undecoded'))
  }
  if (!applying.includes(GPP_EU_TCF)) return { verdicts, tcf: undefined }
  const tcf = sections.get(GPP_EU_TCF)
  return tcf ? { verdicts, tcf } : { verdicts: [...verdicts, refused('tcf_missing')], tcf: undefined }
}
