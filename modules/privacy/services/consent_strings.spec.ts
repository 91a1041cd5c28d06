import { test } from '@japa/runner'
import fc from 'fast-check'
import { readGpp } from '#modules/privacy/services/gpp'
import { MAX_TCF_CHARS, readTcf } from '#modules/privacy/services/tcf'
import { readUsPrivacy } from '#modules/privacy/services/us_privacy'
import { fixtureRows } from '#tests/support/fixture_rows'

type Tcf = { string: string; expect: 'valid' | 'tcf-v1' | 'invalid'; purposeConsents: number[] }
type UsPrivacy = { string: string; expect: string; opt_out_sale?: string }
type Gpp = { string: string; expect: string; sectionIds: number[] | null }

const tcf = fixtureRows<Tcf>('consent/tcf.jsonl')
const KINDS = { valid: 'valid', 'tcf-v1': 'v1', invalid: 'malformed' } as const

/** A core segment whose vendor ranges name far more vendors than there are: `count` times 1 to 65535. */
function swollen(count: number): string {
  const bits = [2, 36, 36, 12, 12, 6, 12, 12, 6, 1, 1, 12, 24, 24, 1, 12]
    .slice(1)
    .map((width) => '0'.repeat(width))
  const range = `1${'0'.repeat(15)}1${'1'.repeat(16)}`
  const vendors = `${'1'.repeat(16)}1${count.toString(2).padStart(12, '0')}${range.repeat(count)}`
  const all = `000010${bits.join('')}${vendors}${'0'.repeat(60)}`
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return (all.match(/.{6}/g) ?? []).map((six) => digits[Number.parseInt(six, 2)]).join('')
}

test.group('TC strings', () => {
  test('every collected string is judged as expected, with the purposes that it consents to', ({
    assert,
  }) => {
    assert.isAbove(tcf.length, 180)
    for (const row of tcf) {
      const reading = readTcf(row.string)
      assert.equal(reading.kind, KINDS[row.expect], row.string)
      if (reading.kind === 'valid') assert.sameMembers([...reading.purposes], row.purposeConsents)
    }
  })

  test('{text} is malformed')
    .with(
      [
        '',
        '.',
        'C',
        'CO',
        '%%%',
        'C O',
        '<script>',
        '..',
        'DOzZIf5OzZIgJAHABBFRDG-AAAAvRr',
        'COw4XqLOw4XqLAAAAAENAXCAAAAAAAAAAAAAAAAAAAAA.$',
        'C'.repeat(20),
        'Cé',
      ].map((text) => ({ text }))
    )
    .run(({ assert }, { text }) => assert.equal(readTcf(text).kind, 'malformed'))

  test('a string longer than the limit is malformed', ({ assert }) => {
    const valid = tcf.find((row) => row.expect === 'valid')!.string.split('.')[0]!
    assert.equal(readTcf(`${valid}.${'I'.repeat(MAX_TCF_CHARS)}`).kind, 'malformed')
  })

  test('a short string that names millions of vendors is refused at once', ({ assert }) => {
    for (const count of [3, 2_000]) {
      const start = performance.now()
      assert.equal(readTcf(swollen(count)).kind, 'malformed')
      assert.isBelow(performance.now() - start, 50)
    }
  })

  test('no text makes it throw or take long', ({ assert }) => {
    const text = fc.string({
      unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'),
      maxLength: 300,
    })
    fc.assert(
      fc.property(text, (rest) => {
        const start = performance.now()
        readTcf(`C${rest}`)
        assert.isBelow(performance.now() - start, 100)
      }),
      { numRuns: 500 }
    )
  })
})

test.group('US privacy strings', () => {
  test('every collected string is judged as expected', ({ assert }) => {
    for (const row of fixtureRows<UsPrivacy>('consent/us_privacy.jsonl')) {
      const expected =
        row.expect !== 'valid' ? 'malformed' : row.opt_out_sale === 'Y' ? 'opted_out' : 'not_opted_out'
      assert.equal(readUsPrivacy(row.string), expected, row.string)
    }
  })
})

test.group('GPP strings', () => {
  test('the sections of every well-formed collected string are found', ({ assert }) => {
    for (const row of fixtureRows<Gpp>('consent/gpp.jsonl').filter(
      (each) => each.expect === 'valid' && each.sectionIds?.length
    )) {
      assert.deepEqual([...readGpp(row.string)!.keys()], row.sectionIds!, row.string)
    }
  })

  test('a header without sections is well formed', ({ assert }) => assert.equal(readGpp('DBAA')?.size, 0))

  test('sections come with their text', ({ assert }) => {
    assert.deepEqual(
      [...readGpp('DBACNYA~CPXxRfA~1YNN')!],
      [
        [2, 'CPXxRfA'],
        [6, '1YNN'],
      ]
    )
  })

  test('"{$self}" is malformed')
    .with(['', '~', 'DBABTA', 'DBABTA~1YNN~1YNN', 'AAAA~1', 'D*~1', 'D_______________~1', 'x'.repeat(20_000)])
    .run(({ assert }, text) => assert.isNull(readGpp(text)))
})
