import { test } from '@japa/runner'
import { describeTargeting, namedIn } from '#modules/campaigns/services/targeting_sentence'
import { targetingWarnings } from '#modules/campaigns/services/targeting_warnings'
import type { Targeting } from '#modules/campaigns/contract'

const NAMES = new Map([['s', 'Daily News']])

test.group('targeting in words', () => {
  test('{$i}: {expected}')
    .with<{ targeting: Targeting; expected: string }[]>([
      { targeting: {}, expected: 'everyone' },
      {
        targeting: { countries: { include: ['DE', 'AT'] }, cities: { exclude: ['DE/bad homburg'] } },
        expected: 'people in Germany or Austria, not in Bad Homburg (DE)',
      },
      {
        targeting: {
          osVersions: { include: [{ family: 'iOS', from: '17' }] },
          browserVersions: { exclude: [{ family: 'Chrome', to: '100' }] },
        },
        expected: 'people with iOS from 17, not in the browser Chrome up to 100',
      },
      {
        targeting: {
          areas: { include: [{ latitude: 52.5, longitude: 13.4, km: 25 }] },
          connectionTypes: { include: ['cable_dsl'] },
        },
        expected: 'people within 25 km of 52.5, 13.4, over a connection by cable/dsl',
      },
      {
        targeting: {
          sites: { include: ['s', 't'] },
          sections: { include: ['/sport'] },
          phrases: { exclude: ['real estate'] },
          categories: { include: ['151'] },
        },
        expected:
          'people on the site Daily News or t, in the section /sport, not on pages that say “real estate”, on pages of the category Attractions › Amusement and Theme Parks',
      },
      {
        targeting: {
          keyValues: [{ key: 'age', include: ['unknown'], includeRanges: [{ from: 18, to: 25 }] }],
        },
        expected: 'people where age is unknown or 18 to 25',
      },
      {
        targeting: { dayparts: [{ days: [1, 2], fromHour: 9.25, toHour: 17 }], daypartZone: 'viewer' },
        expected: 'people at Mon, Tue 9:15–17:00 on their own clock',
      },
      {
        targeting: {
          groups: [
            {
              anyOf: [
                { countries: { include: ['DE'] }, languages: { include: ['de'] } },
                { regions: { include: ['US-CA'] } },
              ],
            },
          ],
        },
        expected: 'people either in Germany and reading German, or in the region US-CA',
      },
    ])
    .run(({ assert }, { targeting, expected }) => {
      assert.equal(describeTargeting(targeting, NAMES), expected)
    })

  test('ids with names are found in groups too', ({ assert }) => {
    const targeting: Targeting = {
      sites: { include: ['a'] },
      segments: { allOf: [['b']] },
      groups: [{ anyOf: [{ placements: { exclude: ['c'] } }] }],
    }
    assert.deepEqual(namedIn(targeting), ['a', 'b', 'c'])
  })

  test('rules on what the geo database does not know are warned of, field by field', ({ assert }) => {
    const targeting: Targeting = {
      countries: { include: ['DE'] },
      cities: { include: ['DE/berlin'] },
      timeZones: { include: [] },
      dayparts: [{ days: [1], fromHour: 0, toHour: 1 }],
      daypartZone: 'viewer',
      groups: [{ anyOf: [{ areas: { include: [{ latitude: 0, longitude: 0, km: 1 }] } }] }],
    }
    assert.deepEqual(
      targetingWarnings(targeting, new Set(['country'])).map(({ field }) => field),
      ['targeting.cities', 'targeting.daypartZone', 'targeting.groups.0.anyOf.0.areas']
    )
    assert.isEmpty(targetingWarnings(targeting, new Set(['country', 'city', 'timeZone', 'latitude'])))
  })
})
