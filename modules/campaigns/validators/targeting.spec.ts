import { test } from '@japa/runner'
import { readTargeting } from '#modules/campaigns/validators/targeting'

const uuid = '01936F3E-8F2A-7C44-9A51-0F6F3C1D2E4B'
const many = (count: number) => Array.from({ length: count }, (_, position) => `w${position}`)

test.group('targeting', () => {
  test('is read into canonical words, each once, without empty rules', ({ assert }) => {
    const read = readTargeting({
      countries: { include: ['de', 'DE', 'FR', 'XK'], exclude: [] },
      deviceTypes: { exclude: ['tv'] },
      languages: { include: ['DE', 'en'] },
      sites: { include: [uuid] },
      keywords: { include: [' Café ', 'CAFÉ'] },
      browsers: { include: [], exclude: [] },
      operatingSystems: null,
      keyValues: [{ key: 'section', include: ['sport'] }],
      dayparts: [{ days: [5, 1, 1], fromHour: 0, toHour: 24 }],
    })
    assert.deepEqual(read, {
      value: {
        countries: { include: ['DE', 'FR', 'XK'] },
        deviceTypes: { exclude: ['tv'] },
        languages: { include: ['de', 'en'] },
        sites: { include: [uuid.toLowerCase()] },
        keywords: { include: ['café'] },
        keyValues: [{ key: 'section', include: ['sport'] }],
        dayparts: [{ days: [1, 5], fromHour: 0, toHour: 24 }],
      },
    })
    assert.deepEqual(readTargeting({}), { value: {} })
    assert.deepEqual(readTargeting({ keyValues: [], dayparts: [] }), { value: {} })
  })

  test('{said} is refused at {inner}')
    .with(
      [
        [[], undefined],
        ['DE', undefined],
        [null, undefined],
        [{ country: { include: ['DE'] } }, 'country'],
        [{ constructor: {} }, 'constructor'],
        [JSON.parse('{"__proto__":{"include":["DE"]}}'), '__proto__'],
        [{ countries: ['DE'] }, 'countries'],
        [{ countries: { include: 'DE' } }, 'countries.include'],
        [{ countries: { includes: ['DE'] } }, 'countries.includes'],
        [{ countries: { include: ['UK'] } }, 'countries.include.0'],
        [{ countries: { include: ['DE', 'EU'] } }, 'countries.include.1'],
        [{ countries: { include: ['DEU'] } }, 'countries.include.0'],
        [{ countries: { include: [49] } }, 'countries.include.0'],
        [{ countries: { include: ['DE'], exclude: ['FR', 'de'] } }, 'countries.include.0'],
        [{ deviceTypes: { include: ['phone'] } }, 'deviceTypes.include.0'],
        [{ languages: { include: ['de-DE'] } }, 'languages.include.0'],
        [{ sites: { include: ['1'] } }, 'sites.include.0'],
        [{ keywords: { include: ['a\u0000'] } }, 'keywords.include.0'],
        [{ keywords: { include: [' '] } }, 'keywords.include.0'],
        [{ keywords: { include: ['a'.repeat(101)] } }, 'keywords.include.0'],
        [{ keywords: { include: many(1_001) } }, 'keywords.include'],
        [{ keyValues: { key: 'a' } }, 'keyValues'],
        [{ keyValues: [{ include: ['a'] }] }, 'keyValues.0.key'],
        [{ keyValues: [{ key: 'a' }] }, 'keyValues.0'],
        [{ keyValues: [{ key: 'a', include: [1] }] }, 'keyValues.0.include.0'],
        [{ dayparts: [{ days: [], fromHour: 0, toHour: 1 }] }, 'dayparts.0.days'],
        [{ dayparts: [{ days: [0], fromHour: 0, toHour: 1 }] }, 'dayparts.0.days'],
        [{ dayparts: [{ days: [1], fromHour: 9, toHour: 9 }] }, 'dayparts.0.toHour'],
        [{ dayparts: [{ days: [1], fromHour: -1, toHour: 9 }] }, 'dayparts.0.fromHour'],
        [{ dayparts: [{ days: [1], fromHour: 1.3, toHour: 9 }] }, 'dayparts.0.fromHour'],
        [{ dayparts: [{ days: [1], fromHour: 0, toHour: 25 }] }, 'dayparts.0.toHour'],
        [{ dayparts: [{ days: [1], fromHour: 0, toHour: 9, zone: 'UTC' }] }, 'dayparts.0.zone'],
      ].map(([input, inner]) => ({
        said: JSON.stringify(input).slice(0, 80),
        input: input as unknown,
        inner: inner as string | undefined,
      }))
    )
    .run(({ assert }, { input, inner }) => {
      const read = readTargeting(input)
      assert.property(read, 'expected')
      assert.equal('inner' in read ? read.inner : undefined, inner)
    })
})
