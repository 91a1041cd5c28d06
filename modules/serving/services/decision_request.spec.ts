import { test } from '@japa/runner'
import { parseDecisionRequest, readUserId } from '#modules/serving/services/decision_request'

const parse = (value: unknown) => parseDecisionRequest(Buffer.from(JSON.stringify(value)))
const slot = (rest: object) => ({ placements: [{ id: 'p', ...rest }] })

test.group('decision request', () => {
  test('reads everything that the contract names', ({ assert }) => {
    const parsed = parse({
      placements: [
        {
          id: 'a',
          count: 2,
          sizes: [{ width: 300, height: 250 }, '728x90', [160, 600]],
          properties: { pos: 1 },
        },
        { id: 'b' },
      ],
      url: 'https://example.com/a b',
      referrer: 'ftp://example.com/',
      user: { id: 'u' },
      keywords: [' News ', 'news', 'SPORT', ''],
      properties: { section: ['a', 2, true], empty: null },
      consent: { gdpr: 1, tcf: 'CP', gpp: 'DB', gppSid: [2, 6], usPrivacy: '1YNN' },
      ip: '203.0.113.9',
      userAgent: 'x',
      explain: true,
      somethingNew: { is: 'ignored' },
    })
    assert.isTrue(parsed.ok)
    if (!parsed.ok) return
    const { slots, ...rest } = parsed.value
    assert.deepEqual(slots[0]!.sizes, [
      { width: 300, height: 250 },
      { width: 728, height: 90 },
      { width: 160, height: 600 },
    ])
    assert.equal(slots[0]!.count, 2)
    assert.deepEqual({ ...slots[0]!.properties }, { pos: ['1'] })
    assert.deepEqual(slots[1], { ...slots[1]!, id: 'b', count: 1, sizes: null, keywords: [] })
    assert.equal(rest.url, 'https://example.com/a%20b')
    assert.isNull(rest.referrer)
    assert.deepEqual(rest.keywords, ['news', 'sport'])
    assert.deepEqual({ ...rest.properties }, { section: ['a', '2', 'true'] })
    assert.deepEqual(rest.consent, { gdpr: true, tcf: 'CP', gpp: 'DB', gppSid: [2, 6], usPrivacy: '1YNN' })
    assert.isTrue(rest.explain)
  })

  test('words match however their accents are written and whatever spaces stand around them', ({
    assert,
  }) => {
    const parsed = parse({
      ...slot({}),
      keywords: ['Cafe\u0301', 'caf\u00e9'],
      properties: { ' dish ': 'cafe\u0301 ', 'no\u0308': [' a'] },
    })
    assert.isTrue(parsed.ok)
    if (!parsed.ok) return
    assert.deepEqual(parsed.value.keywords, ['caf\u00e9'])
    assert.deepEqual({ ...parsed.value.properties }, { dish: ['caf\u00e9'], 'n\u00f6': ['a'] })
  })

  test('takes null for absent', ({ assert }) => {
    const nothing = { count: null, sizes: null, properties: null, keywords: null }
    const parsed = parse({ ...slot(nothing), url: null, user: null, consent: { gdpr: null }, ip: null })
    assert.isTrue(parsed.ok)
  })

  test('refuses {value} naming {field}')
    .with([
      { value: [], field: 'body' },
      { value: 'text', field: 'body' },
      { value: null, field: 'body' },
      { value: {}, field: 'placements' },
      { value: { placements: [] }, field: 'placements' },
      { value: { placements: 'p' }, field: 'placements' },
      { value: { placements: { length: 1 } }, field: 'placements' },
      { value: { placements: Array(21).fill({ id: 'p' }) }, field: 'placements' },
      { value: { placements: [{ id: 'p' }, 'p'] }, field: 'placements[1]' },
      { value: { placements: [{ id: 'p' }, { id: 'p' }, {}] }, field: 'placements[2].id' },
      { value: slot({ id: 7 }), field: 'placements[0].id' },
      { value: slot({ id: '' }), field: 'placements[0].id' },
      { value: slot({ id: 'x'.repeat(65) }), field: 'placements[0].id' },
      { value: slot({ count: 0 }), field: 'placements[0].count' },
      { value: slot({ count: 11 }), field: 'placements[0].count' },
      { value: slot({ count: 1.5 }), field: 'placements[0].count' },
      { value: slot({ count: '1' }), field: 'placements[0].count' },
      { value: slot({ sizes: '300x250' }), field: 'placements[0].sizes' },
      { value: slot({ sizes: ['300*250'] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: ['0x250'] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: [[300]] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: [[300, 250, 1]] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: [{ width: '300', height: 250 }] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: [{ width: 300, height: 10_001 }] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: [null] }), field: 'placements[0].sizes[0]' },
      { value: slot({ sizes: Array(21).fill('1x1') }), field: 'placements[0].sizes' },
      { value: slot({ properties: ['a'] }), field: 'placements[0].properties' },
      { value: slot({ properties: { a: { b: 1 } } }), field: 'placements[0].properties.a' },
      { value: slot({ properties: { a: [1, [2]] } }), field: 'placements[0].properties.a[1]' },
      { value: slot({ properties: { a: 'x'.repeat(201) } }), field: 'placements[0].properties.a' },
      { value: slot({ properties: { ['k'.repeat(101)]: 1 } }), field: 'placements[0].properties' },
      {
        value: { ...slot({}), properties: Object.fromEntries([...Array(21).keys()].map((key) => [key, 1])) },
        field: 'properties',
      },
      { value: { ...slot({}), url: 5 }, field: 'url' },
      { value: { ...slot({}), referrer: {} }, field: 'referrer' },
      { value: { ...slot({}), keywords: 'news' }, field: 'keywords' },
      { value: { ...slot({}), keywords: ['a', 5] }, field: 'keywords[1]' },
      { value: { ...slot({}), keywords: Array(51).fill('a') }, field: 'keywords' },
      { value: { ...slot({}), keywords: ['x'.repeat(101)] }, field: 'keywords[0]' },
      { value: { ...slot({}), consent: 'yes' }, field: 'consent' },
      { value: { ...slot({}), consent: { gdpr: 'yes' } }, field: 'consent.gdpr' },
      { value: { ...slot({}), consent: { tcf: 1 } }, field: 'consent.tcf' },
      { value: { ...slot({}), consent: { tcf: 'x'.repeat(8193) } }, field: 'consent.tcf' },
      { value: { ...slot({}), consent: { gppSid: ['2'] } }, field: 'consent.gppSid[0]' },
      { value: { ...slot({}), ip: 1 }, field: 'ip' },
      { value: { ...slot({}), userAgent: 'x'.repeat(1025) }, field: 'userAgent' },
      { value: { ...slot({}), explain: 'yes' }, field: 'explain' },
    ])
    .run(({ assert }, { value, field }) => {
      const parsed = parse(value)
      assert.isFalse(parsed.ok)
      if (parsed.ok || parsed.error.type !== 'invalid') return assert.fail('expected a field')
      assert.equal(parsed.error.field, field)
      assert.isTrue(parsed.error.detail.startsWith(field))
    })

  test('what is not JSON is malformed: {text}')
    .with([{ text: '' }, { text: '{' }, { text: '{"placements":[}' }, { text: 'undefined' }])
    .run(({ assert }, { text }) => {
      assert.deepEqual(parseDecisionRequest(Buffer.from(text)), { ok: false, error: { type: 'malformed' } })
    })

  test('deep nesting and __proto__ do no harm', ({ assert }) => {
    const deep = `{"placements":[{"id":"p"}],"x":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
    assert.isTrue(parseDecisionRequest(Buffer.from(deep)).ok)
    const polluting =
      '{"placements":[{"id":"p","properties":{"__proto__":"a","constructor":"b"}}],"__proto__":{"explain":true}}'
    const parsed = parseDecisionRequest(Buffer.from(polluting))
    if (!parsed.ok) return assert.fail('expected a request')
    assert.isFalse(parsed.value.explain)
    assert.deepEqual(Object.entries(parsed.value.slots[0]!.properties), [
      ['__proto__', ['a']],
      ['constructor', ['b']],
    ])
    assert.isUndefined(({} as Record<string, unknown>).explain)
  })

  test('a user is read only when asked for', ({ assert }) => {
    const parsed = parse({ ...slot({}), user: { id: 7 } })
    if (!parsed.ok) return assert.fail('the shape of a user is no business of the parser')
    const read = readUserId(parsed.value.user)
    assert.deepInclude(read.ok ? {} : read.error, { type: 'invalid', field: 'user.id' })
    assert.deepEqual(readUserId({ id: 'u' }), { ok: true, value: 'u' })
    for (const nobody of [undefined, null, {}, { id: '' }]) {
      assert.deepEqual(readUserId(nobody), { ok: true, value: null })
    }
  })
})
