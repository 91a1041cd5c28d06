import { test } from '@japa/runner'
import vine, { errors } from '@vinejs/vine'
import {
  httpUrl,
  ianaZone,
  instant,
  isoDay,
  moneyJson,
  name,
  priceJson,
  text,
  uuidId,
} from '#modules/kernel/http/rules'

type Found = { field: string; rule: string; message: string }

const readers = {
  id: vine.create({ it: uuidId<'thing'>() }),
  money: vine.create({ it: moneyJson() }),
  refund: vine.create({ it: moneyJson({ negative: true }) }),
  price: vine.create({ it: priceJson(['cpm', 'cpc'], { positive: true }) }),
  zone: vine.create({ it: ianaZone() }),
  url: vine.create({ it: httpUrl() }),
  instant: vine.create({ it: instant() }),
  day: vine.create({ it: isoDay() }),
  name: vine.create({ it: name() }),
  text: vine.create({ it: text(20) }),
}

async function reading(
  rule: keyof typeof readers,
  it: unknown
): Promise<{ value: unknown } | { found: Found[] }> {
  try {
    const { it: value } = (await readers[rule].validate({ it })) as { it: unknown }
    return { value }
  } catch (error) {
    if (error instanceof errors.E_VALIDATION_ERROR) return { found: error.messages as Found[] }
    throw error
  }
}

test.group('rules that read', () => {
  test('{rule} reads {input} as {expected}')
    .with([
      {
        rule: 'id',
        input: '01936F3E-8F2A-7C44-9A51-0F6F3C1D2E4B',
        expected: '01936f3e-8f2a-7c44-9a51-0f6f3c1d2e4b',
      },
      {
        rule: 'money',
        input: { amount: '12.3456789', currency: 'EUR' },
        expected: { nanos: 12_345_678_900n, currency: 'EUR' },
      },
      {
        rule: 'money',
        input: { amount: '0', currency: 'JPY', more: 1 },
        expected: { nanos: 0n, currency: 'JPY' },
      },
      {
        rule: 'refund',
        input: { amount: '-1.5', currency: 'EUR' },
        expected: { nanos: -1_500_000_000n, currency: 'EUR' },
      },
      {
        rule: 'price',
        input: { model: 'cpc', amount: '0.000000001', currency: 'EUR' },
        expected: { nanos: 1n, currency: 'EUR', model: 'cpc' },
      },
      { rule: 'zone', input: 'Europe/Berlin', expected: 'Europe/Berlin' },
      { rule: 'zone', input: 'UTC', expected: 'UTC' },
      { rule: 'zone', input: 'Asia/Calcutta', expected: 'Asia/Calcutta' },
      { rule: 'url', input: 'https://Example.com/a b?c#d', expected: 'https://example.com/a%20b?c#d' },
      { rule: 'instant', input: '2026-11-21T09:30:00+01:00', expected: Date.UTC(2026, 10, 21, 8, 30) },
      {
        rule: 'instant',
        input: '2026-11-21T23:59:59.9999z',
        expected: Date.UTC(2026, 10, 21, 23, 59, 59, 999),
      },
      { rule: 'instant', input: '2024-02-29T00:00:00-12:00', expected: Date.UTC(2024, 1, 29, 12) },
      { rule: 'day', input: '2024-02-29', expected: '2024-02-29' },
      {
        rule: 'name',
        input: '  Cafe\u0301 <script> "quoted" \ud83d\ude00 ',
        expected: 'Caf\u00e9 <script> "quoted" \ud83d\ude00',
      },
      { rule: 'name', input: '\ud83d\ude00'.repeat(200), expected: '\ud83d\ude00'.repeat(200) },
      { rule: 'text', input: 'two\nlines', expected: 'two\nlines' },
      { rule: 'text', input: '', expected: '' },
    ] as { rule: keyof typeof readers; input: unknown; expected: unknown }[])
    .run(async ({ assert }, { rule, input, expected }) => {
      assert.deepEqual(await reading(rule, input), { value: expected })
    })
})

const hostile: unknown[] = [
  1,
  -1,
  1e400,
  true,
  [],
  ['x'],
  {},
  { __proto__: null },
  JSON.parse('{"__proto__":{"amount":"1"}}'),
  { toString: 1 },
  '\u0000',
]

test.group('rules that refuse', () => {
  test('{rule} refuses {input} at {field}')
    .with([
      { rule: 'money', input: 12.5, field: 'it' },
      { rule: 'money', input: '12.5', field: 'it' },
      { rule: 'money', input: { amount: 12.5, currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '-0.000000001', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '1.0000000001', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '1e9', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '1,50', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: ' 1', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '1'.repeat(19), currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '9'.repeat(100_000), currency: 'EUR' }, field: 'it.amount' },
      { rule: 'money', input: { amount: '1', currency: 'eur' }, field: 'it.currency' },
      { rule: 'money', input: { amount: '1', currency: 'ZZZ' }, field: 'it.currency' },
      { rule: 'money', input: { amount: '1' }, field: 'it.currency' },
      { rule: 'price', input: { model: 'cpa', amount: '1', currency: 'EUR' }, field: 'it.model' },
      { rule: 'price', input: { model: 'cpm', amount: '0', currency: 'EUR' }, field: 'it.amount' },
      { rule: 'zone', input: 'Mars/Olympus', field: 'it' },
      { rule: 'zone', input: '+02:00', field: 'it' },
      { rule: 'url', input: 'javascript:alert(1)', field: 'it' },
      { rule: 'url', input: 'https://user:secret@example.com/', field: 'it' },
      { rule: 'url', input: '//example.com/', field: 'it' },
      { rule: 'url', input: `https://example.com/${'a'.repeat(2048)}`, field: 'it' },
      { rule: 'url', input: 'https://example.com/\r\nset-cookie: a', field: 'it' },
      { rule: 'instant', input: '2026-02-30T00:00:00Z', field: 'it' },
      { rule: 'instant', input: '2026-11-21T24:00:00Z', field: 'it' },
      { rule: 'instant', input: '2026-11-21T09:30:00', field: 'it' },
      { rule: 'instant', input: '2026-11-21', field: 'it' },
      { rule: 'instant', input: '2026-11-21T09:30:00+24:00', field: 'it' },
      { rule: 'day', input: '2026-02-29', field: 'it' },
      { rule: 'day', input: '2026-2-9', field: 'it' },
      { rule: 'name', input: '   ', field: 'it' },
      { rule: 'name', input: 'a\u0000b', field: 'it' },
      { rule: 'name', input: 'a\nb', field: 'it' },
      { rule: 'name', input: 'invoice\u202efdp.exe', field: 'it' },
      { rule: 'name', input: '\ud800', field: 'it' },
      { rule: 'name', input: 'a'.repeat(201), field: 'it' },
      { rule: 'text', input: 'a'.repeat(21), field: 'it' },
    ] as { rule: keyof typeof readers; input: unknown; field: string }[])
    .run(async ({ assert }, { rule, input, field }) => {
      const outcome = await reading(rule, input)
      if (!('found' in outcome)) return assert.fail(`read as ${String(outcome.value)}`)
      assert.deepEqual(
        outcome.found.map((problem) => problem.field),
        [field]
      )
      assert.match(outcome.found[0]!.message, /^The it\S* field must be \S/)
    })

  test('every rule answers hostile values with a validation problem, never with another error', async ({
    assert,
  }) => {
    for (const rule of Object.keys(readers) as (keyof typeof readers)[]) {
      for (const value of hostile) {
        const outcome = await reading(rule, value)
        assert.isTrue('found' in outcome, `${rule} read ${JSON.stringify(value)}`)
      }
    }
  })

  test('null and absence are refused when the field is required', async ({ assert }) => {
    for (const rule of Object.keys(readers) as (keyof typeof readers)[]) {
      assert.property(await reading(rule, null), 'found')
      assert.property(await reading(rule, undefined), 'found')
    }
  })
})
