import { test } from '@japa/runner'
import { readTargeting } from '#modules/campaigns/validators/targeting'

test.group('targeting by places, pages, versions and groups', () => {
  test('{dimension} {said} is kept as {kept}')
    .with([
      { dimension: 'regions', said: 'us-ca', kept: 'US-CA' },
      { dimension: 'cities', said: 'de/ München ', kept: 'DE/münchen' },
      { dimension: 'timeZones', said: 'europe/berlin', kept: 'Europe/Berlin' },
      { dimension: 'sections', said: '/a/../straße', kept: '/stra%C3%9Fe' },
      { dimension: 'pageUrls', said: '*.Bücher.example', kept: '*.xn--bcher-kva.example/*' },
      { dimension: 'pageUrls', said: 'example.com/News/*', kept: 'example.com/News/*' },
      { dimension: 'phrases', said: ' Real-Estate ', kept: 'real estate' },
      { dimension: 'categories', said: 'IAB2-1', kept: '32' },
      { dimension: 'addresses', said: '192.0.2.77/24', kept: '192.0.2.0/24' },
      { dimension: 'addresses', said: '::ffff:192.0.2.77/120', kept: '192.0.2.0/24' },
      { dimension: 'addresses', said: '2001:DB8::1', kept: '2001:db8::1/128' },
      { dimension: 'connectionTypes', said: 'cellular', kept: 'cellular' },
    ])
    .run(({ assert }, { dimension, said, kept }) => {
      const read = readTargeting({ [dimension]: { include: [said] } })
      assert.deepEqual(read, { value: { [dimension]: { include: [kept] } } })
    })

  test('ranges, circles and groups are kept as they are said', ({ assert }) => {
    const targeting = {
      osVersions: { include: [{ family: 'iOS', from: '17', to: '17.5' }] },
      browserVersions: { exclude: [{ family: 'Chrome', to: '100' }] },
      areas: { include: [{ latitude: 52.52, longitude: 13.4, km: 25 }] },
      keyValues: [{ key: 'age', includeRanges: [{ from: 18 }] }],
      dayparts: [{ days: [1], fromHour: 9.25, toHour: 17.75 }],
      daypartZone: 'viewer',
      groups: [{ anyOf: [{ countries: { include: ['DE'] } }, { languages: { include: ['de'] } }] }],
    }
    assert.deepEqual(readTargeting(targeting), { value: targeting })
    assert.deepEqual(readTargeting({ daypartZone: 'campaign', areas: {}, groups: [] }), { value: {} })
  })

  test('{said} is refused at {inner}')
    .with(
      (
        [
          [{ regions: { include: ['CA'] } }, 'regions.include.0'],
          [{ regions: { include: ['XX-1'] } }, 'regions.include.0'],
          [{ cities: { include: ['Berlin'] } }, 'cities.include.0'],
          [{ timeZones: { include: ['Mars/Olympus'] } }, 'timeZones.include.0'],
          [{ connectionTypes: { include: ['wifi'] } }, 'connectionTypes.include.0'],
          [{ sections: { include: ['sport'] } }, 'sections.include.0'],
          [{ sections: { include: ['/sport/*'] } }, 'sections.include.0'],
          [{ sections: { include: ['/a?b'] } }, 'sections.include.0'],
          [{ pageUrls: { include: ['https://example.com/'] } }, 'pageUrls.include.0'],
          [{ pageUrls: { include: ['/news/*'] } }, 'pageUrls.include.0'],
          [{ pageUrls: { include: [`a.example/${'*a'.repeat(11)}`] } }, 'pageUrls.include.0'],
          [{ pageUrls: { include: [`a.example/${'a'.repeat(501)}`] } }, 'pageUrls.include.0'],
          [{ phrases: { include: ['—'] } }, 'phrases.include.0'],
          [{ phrases: { include: ['a '.repeat(11)] } }, 'phrases.include.0'],
          [{ categories: { include: ['IAB25'] } }, 'categories.include.0'],
          [{ addresses: { include: ['192.0.2.0/33'] } }, 'addresses.include.0'],
          [{ addresses: { include: ['192.0.2'] } }, 'addresses.include.0'],
          [{ addresses: { include: ['::ffff:192.0.2.1/90'] } }, 'addresses.include.0'],
          [{ osVersions: { include: ['iOS 17'] } }, 'osVersions.include.0'],
          [{ osVersions: { include: [{ family: 'iOS' }] } }, 'osVersions.include.0'],
          [{ osVersions: { include: [{ family: 'iOS', from: 17 }] } }, 'osVersions.include.0.from'],
          [{ osVersions: { include: [{ family: 'iOS', from: 'XP' }] } }, 'osVersions.include.0.from'],
          [
            { osVersions: { include: [{ family: 'iOS', from: '17.5', to: '17.4' }] } },
            'osVersions.include.0.to',
          ],
          [{ areas: { include: [{ latitude: 91, longitude: 0, km: 1 }] } }, 'areas.include.0.latitude'],
          [{ areas: { include: [{ latitude: 9, longitude: 0 }] } }, 'areas.include.0.km'],
          [{ keyValues: [{ key: 'age', includeRanges: [{}] }] }, 'keyValues.0.includeRanges.0'],
          [
            { keyValues: [{ key: 'age', includeRanges: [{ from: '1' }] }] },
            'keyValues.0.includeRanges.0.from',
          ],
          [
            { keyValues: [{ key: 'age', excludeRanges: [{ from: 2, to: 1 }] }] },
            'keyValues.0.excludeRanges.0.to',
          ],
          [{ daypartZone: 'Berlin' }, 'daypartZone'],
          [{ groups: [{}] }, 'groups.0.anyOf'],
          [{ groups: [{ anyOf: [] }] }, 'groups.0.anyOf'],
          [{ groups: [{ anyOf: [{}] }] }, 'groups.0.anyOf.0'],
          [{ groups: [{ anyOf: [{ groups: [] }] }] }, 'groups.0.anyOf.0.groups'],
          [
            { groups: [{ anyOf: [{ countries: { include: ['UK'] } }] }] },
            'groups.0.anyOf.0.countries.include.0',
          ],
        ] as const
      ).map(([input, inner]) => ({ said: JSON.stringify(input).slice(0, 90), input, inner }))
    )
    .run(({ assert }, { input, inner }) => {
      const read = readTargeting(input)
      assert.property(read, 'expected')
      assert.equal('inner' in read ? read.inner : undefined, inner)
    })
})
