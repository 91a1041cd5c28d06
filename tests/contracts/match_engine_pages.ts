import { test } from '@japa/runner'
import type { Targeting } from '#modules/campaigns/contract'
import type { MatchInput, NoServe } from '#modules/matching/contract'
import { world, type Make } from '#tests/support/match_world'

type Case = { targeting: Targeting; input: Partial<MatchInput>; reason: NoServe | null }
const page = (path: string) => ({ pageUrl: `https://www.example.com${path}` })
const iOS = (osVersion: string | null) => ({ os: 'iOS', osVersion })
const at = (time: string) => ({ nowMs: Date.parse(time) })
const ON_MONDAY = [{ days: [1], fromHour: 9.25, toHour: 10 }]

const CASES: readonly Case[] = [
  { targeting: { sections: { include: ['/sport'] } }, input: page('/sport'), reason: null },
  { targeting: { sections: { include: ['/sport'] } }, input: page('/sport/golf?a=/x'), reason: null },
  { targeting: { sections: { include: ['/sport'] } }, input: page('/sports'), reason: 'section' },
  { targeting: { sections: { include: ['/sport'] } }, input: {}, reason: 'section' },
  { targeting: { sections: { exclude: ['/sport'] } }, input: {}, reason: null },
  { targeting: { pageUrls: { include: ['*.example.com/*'] } }, input: page('/a/b'), reason: null },
  { targeting: { pageUrls: { include: ['example.com/*'] } }, input: page('/'), reason: 'page_url' },
  {
    targeting: { pageUrls: { include: ['*example.com/'] } },
    input: page('/x/example.com/'),
    reason: 'page_url',
  },
  {
    targeting: { phrases: { include: ['real estate'] } },
    input: { keywords: ['the real estate'] },
    reason: null,
  },
  { targeting: { phrases: { include: ['real estate'] } }, input: page('/real-estate/1'), reason: null },
  {
    targeting: { phrases: { include: ['real estate'] } },
    input: { keywords: ['real', 'estate'] },
    reason: 'phrases',
  },
  { targeting: { phrases: { exclude: ['war'] } }, input: { keywords: ['warm'] }, reason: null },
  {
    targeting: { osVersions: { include: [{ family: 'iOS', to: '17' }] } },
    input: iOS('17.5.1'),
    reason: null,
  },
  {
    targeting: { osVersions: { include: [{ family: 'iOS', from: '17.5' }] } },
    input: iOS('17.4'),
    reason: 'os_version',
  },
  { targeting: { osVersions: { exclude: [{ family: 'iOS', to: '99' }] } }, input: iOS(null), reason: null },
  {
    targeting: { areas: { include: [{ latitude: 0, longitude: 0, km: 112 }] } },
    input: { latitude: 1, longitude: 0 },
    reason: null,
  },
  {
    targeting: { areas: { include: [{ latitude: 0, longitude: 0, km: 111 }] } },
    input: { latitude: 1, longitude: 0 },
    reason: 'area',
  },
  {
    targeting: { areas: { include: [{ latitude: 0, longitude: 179.9, km: 30 }] } },
    input: { latitude: 0, longitude: -179.9 },
    reason: null,
  },
  {
    targeting: { addresses: { include: ['192.0.2.0/24'] } },
    input: { address: '::ffff:192.0.2.9' },
    reason: null,
  },
  {
    targeting: { addresses: { exclude: ['2001:db8::/32'] } },
    input: { address: '2001:db8::1' },
    reason: 'address',
  },
  { targeting: { regions: { include: ['US-CA'] } }, input: { region: 'US-NY' }, reason: 'region' },
  {
    targeting: { keyValues: [{ key: 'age', includeRanges: [{ from: 18 }] }] },
    input: { keyValues: { age: ['18.0'] } },
    reason: null,
  },
  {
    targeting: { keyValues: [{ key: 'age', includeRanges: [{ from: 18 }] }] },
    input: { keyValues: { age: ['old'] } },
    reason: 'key_values',
  },
  {
    targeting: { dayparts: ON_MONDAY, daypartZone: 'viewer' },
    input: { ...at('2026-11-23T14:15:00Z'), timeZone: 'America/New_York' },
    reason: null,
  },
  {
    targeting: { dayparts: ON_MONDAY, daypartZone: 'viewer' },
    input: { ...at('2026-11-23T14:14:59Z'), timeZone: 'America/New_York' },
    reason: 'daypart',
  },
  {
    targeting: { dayparts: ON_MONDAY, daypartZone: 'viewer' },
    input: at('2026-11-23T14:15:00Z'),
    reason: 'daypart',
  },
  {
    targeting: { dayparts: ON_MONDAY, daypartZone: 'Asia/Kolkata' },
    input: at('2026-11-23T03:45:00Z'),
    reason: null,
  },
  {
    targeting: {
      groups: [{ anyOf: [{ countries: { include: ['DE'] } }, { languages: { include: ['de'] } }] }],
    },
    input: { country: 'AT', language: 'de' },
    reason: null,
  },
  {
    targeting: { groups: [{ anyOf: [{ countries: { include: ['DE'] }, languages: { include: ['de'] } }] }] },
    input: { country: 'AT', language: 'de' },
    reason: 'group',
  },
]

/** Targeting by pages, places, versions and groups, sentence by sentence of docs/targeting.md. */
export function pageTargetingContract(name: string, make: Make): void {
  test.group(`${name}: pages, places, versions and groups`, () => {
    test('{said} -> {reason}')
      .with(
        CASES.map((one) => ({
          ...one,
          said: `${JSON.stringify(one.targeting)} for ${JSON.stringify(one.input)}`,
        }))
      )
      .run(({ assert }, { targeting, input, reason }) => {
        const { at: winner, why } = world(make, [{ targeting }])
        assert.deepEqual(why(input), [reason])
        assert.equal(winner(input), reason === null ? 0 : null)
      })
  })
}
