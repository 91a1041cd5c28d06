import { test } from '@japa/runner'
import { PURPOSE } from '#modules/privacy/contract'
import { decideConsent } from '#modules/privacy/services/decide_consent'
import { fixtureRows } from '#tests/support/fixture_rows'

const rows = fixtureRows<{ string: string; expect: string; purposeConsents: number[] }>('consent/tcf.jsonl')
const one = (wanted: (purposes: number[]) => boolean) =>
  rows.find((row) => row.expect === 'valid' && wanted(row.purposeConsents))!.string
const ALL_FOUR = one((purposes) => [1, 2, 4, 7].every((purpose) => purposes.includes(purpose)))
const NONE = one((purposes) => purposes.length === 0)
const NO_STORAGE = one((purposes) => !purposes.includes(1) && purposes.includes(2))
const V1 = rows.find((row) => row.expect === 'tcf-v1')!.string
const ALL = 15
const CONTEXTUAL = PURPOSE.basicAds | PURPOSE.measurement
const withEu = (tcf: string) => `DBABMA~${tcf}`

test.group('consent', () => {
  test('{what}: {reason}')
    .with([
      { what: 'nothing is said', signals: {}, id: false, purposes: 0, reason: 'no_signal' },
      {
        what: 'only a US string that does not opt out',
        signals: { usPrivacy: '1YNN' },
        id: false,
        purposes: 0,
        reason: 'no_signal',
      },
      {
        what: 'empty strings',
        signals: { tcf: '', gpp: '', usPrivacy: '', gppSid: [] },
        id: false,
        purposes: 0,
        reason: 'no_signal',
      },
      { what: 'GDPR, no string', signals: { gdpr: true }, id: false, purposes: 0, reason: 'tcf_missing' },
      {
        what: 'GDPR, malformed string',
        signals: { gdpr: true, tcf: 'yes' },
        id: false,
        purposes: 0,
        reason: 'tcf_malformed',
      },
      {
        what: 'GDPR, string of version 1',
        signals: { gdpr: true, tcf: V1 },
        id: false,
        purposes: 0,
        reason: 'tcf_v1',
      },
      {
        what: 'GDPR, consent to all',
        signals: { gdpr: true, tcf: ALL_FOUR },
        id: true,
        purposes: ALL,
        reason: 'tcf_granted',
      },
      {
        what: 'GDPR, consent to nothing',
        signals: { gdpr: true, tcf: NONE },
        id: false,
        purposes: 0,
        reason: 'tcf_denied',
      },
      {
        what: 'GDPR, consent to all but storage',
        signals: { gdpr: true, tcf: NO_STORAGE },
        id: false,
        reason: 'tcf_denied',
      },
      {
        what: 'a string, GDPR not said',
        signals: { tcf: ALL_FOUR },
        id: true,
        purposes: ALL,
        reason: 'tcf_granted',
      },
      {
        what: 'a refusal, GDPR not said',
        signals: { tcf: NONE },
        id: false,
        purposes: 0,
        reason: 'tcf_denied',
      },
      { what: 'no GDPR', signals: { gdpr: false }, id: true, purposes: ALL, reason: 'gdpr_not_applicable' },
      {
        what: 'no GDPR, whatever the string says',
        signals: { gdpr: false, tcf: NONE },
        id: true,
        purposes: ALL,
        reason: 'gdpr_not_applicable',
      },
      {
        what: 'no GDPR, US not opted out',
        signals: { gdpr: false, usPrivacy: '1YNN' },
        id: true,
        purposes: ALL,
        reason: 'gdpr_not_applicable',
      },
      {
        what: 'no GDPR, US law does not apply',
        signals: { gdpr: false, usPrivacy: '1---' },
        id: true,
        purposes: ALL,
        reason: 'gdpr_not_applicable',
      },
      {
        what: 'no GDPR, US opted out',
        signals: { gdpr: false, usPrivacy: '1YYN' },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'us_privacy_opt_out',
      },
      {
        what: 'no GDPR, US malformed',
        signals: { gdpr: false, usPrivacy: '1yyn' },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'us_privacy_malformed',
      },
      {
        what: 'no GDPR, GPC',
        signals: { gdpr: false, globalPrivacyControl: true },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'gpc',
      },
      {
        what: 'consent to all, but GPC',
        signals: { gdpr: true, tcf: ALL_FOUR, globalPrivacyControl: true },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'gpc',
      },
      {
        what: 'consent to all, but opted out of sale',
        signals: { gdpr: true, tcf: ALL_FOUR, usPrivacy: '1YYN' },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'us_privacy_opt_out',
      },
      {
        what: 'GPC and nothing else',
        signals: { globalPrivacyControl: true },
        id: false,
        purposes: 0,
        reason: 'gpc',
      },
      {
        what: 'GPP with the European section',
        signals: { gpp: withEu(ALL_FOUR), gppSid: [2] },
        id: true,
        purposes: ALL,
        reason: 'tcf_granted',
      },
      {
        what: 'GPP that names no section',
        signals: { gpp: withEu(ALL_FOUR) },
        id: true,
        purposes: ALL,
        reason: 'tcf_granted',
      },
      {
        what: 'GPP with a refusal',
        signals: { gpp: withEu(NONE), gppSid: [2] },
        id: false,
        purposes: 0,
        reason: 'tcf_denied',
      },
      {
        what: 'GPP refusal beside a granting string',
        signals: { gdpr: true, tcf: ALL_FOUR, gpp: withEu(NONE), gppSid: [2] },
        id: false,
        purposes: 0,
        reason: 'tcf_denied',
      },
      {
        what: 'GPP refusal where GDPR is denied',
        signals: { gdpr: false, gpp: withEu(NONE), gppSid: [2] },
        id: false,
        purposes: 0,
        reason: 'tcf_denied',
      },
      {
        what: 'European section announced, not there',
        signals: { gdpr: false, gppSid: [2] },
        id: false,
        purposes: 0,
        reason: 'tcf_missing',
      },
      {
        what: 'European section there, another applies',
        signals: { gdpr: false, gpp: withEu(NONE), gppSid: [7] },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'gpp_undecoded',
      },
      {
        what: 'US section of GPP',
        signals: { gdpr: false, gpp: 'DBABLA~BAAAAAAAAABA.QA', gppSid: [7] },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'gpp_undecoded',
      },
      {
        what: 'US privacy section of GPP, opted out',
        signals: { gdpr: false, gpp: 'DBABTA~1YYN', gppSid: [6] },
        id: false,
        purposes: CONTEXTUAL,
        reason: 'us_privacy_opt_out',
      },
      {
        what: 'US privacy section of GPP, not opted out',
        signals: { gdpr: false, gpp: 'DBABTA~1YNN', gppSid: [6] },
        id: true,
        purposes: ALL,
        reason: 'gdpr_not_applicable',
      },
      {
        what: 'GPP that says no section applies',
        signals: { gdpr: false, gpp: 'DBABLA~BAAAAAAAAABA.QA', gppSid: [-1] },
        id: true,
        purposes: ALL,
        reason: 'gdpr_not_applicable',
      },
      {
        what: 'malformed GPP',
        signals: { gdpr: false, gpp: '???' },
        id: false,
        purposes: 0,
        reason: 'gpp_malformed',
      },
    ])
    .run(({ assert }, { signals, id, purposes, reason }) => {
      const decision = decideConsent(signals)
      assert.equal(decision.reason, reason)
      assert.equal(decision.mayUseId, id)
      if (purposes !== undefined) assert.equal(decision.purposes, purposes)
      assert.equal((decision.purposes & PURPOSE.storage) !== 0, id)
    })

  test('an id may be used exactly where a valid string consents to purpose 1', ({ assert }) => {
    for (const { string, expect, purposeConsents } of rows) {
      const decision = decideConsent({ gdpr: true, tcf: string })
      assert.equal(decision.mayUseId, expect === 'valid' && purposeConsents.includes(1), string)
      const bit = (purpose: number, value: number) =>
        expect === 'valid' && purposeConsents.includes(purpose) ? value : 0
      assert.equal(decision.purposes, bit(1, 1) | bit(2, 2) | bit(4, 4) | bit(7, 8), string)
    }
  })
})
