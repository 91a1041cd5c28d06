import { test } from '@japa/runner'
import vine, { errors } from '@vinejs/vine'
import { endOf, startOf, when } from '#modules/campaigns/validators/when'

const reader = vine.create({ it: when() })
const iso = (at: number) => new Date(at).toISOString()

test.group('when', () => {
  test('{day} in {zone} runs from {from} to {to}')
    .with([
      { day: '2026-11-21', zone: 'UTC', from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' },
      {
        day: '2026-11-21',
        zone: 'Asia/Tokyo',
        from: '2026-11-20T15:00:00.000Z',
        to: '2026-11-21T15:00:00.000Z',
      },
      {
        day: '2026-03-29', // 23 hours: the clocks go forward
        zone: 'Europe/Berlin',
        from: '2026-03-28T23:00:00.000Z',
        to: '2026-03-29T22:00:00.000Z',
      },
      {
        day: '2026-10-25', // 25 hours
        zone: 'Europe/Berlin',
        from: '2026-10-24T22:00:00.000Z',
        to: '2026-10-25T23:00:00.000Z',
      },
      {
        day: '2018-11-04', // began at 01:00: midnight was skipped
        zone: 'America/Sao_Paulo',
        from: '2018-11-04T03:00:00.000Z',
        to: '2018-11-05T02:00:00.000Z',
      },
    ])
    .run(async ({ assert }, { day, zone, from, to }) => {
      const { it } = await reader.validate({ it: day })
      assert.deepEqual([iso(startOf(it, zone)), iso(endOf(it, zone))], [from, to])
    })

  test('an instant is what it is in every zone', async ({ assert }) => {
    const { it } = await reader.validate({ it: '2026-11-21T09:30:00+01:00' })
    const at = Date.UTC(2026, 10, 21, 8, 30)
    assert.deepEqual([startOf(it, 'Asia/Tokyo'), endOf(it, 'UTC')], [at, at])
  })

  test('{said} is refused')
    .with(
      [
        '2026-02-30',
        '2026-13-01',
        '21.11.2026',
        '2026-11-21T09:30:00',
        'tomorrow',
        '',
        20261121,
        null,
        [],
      ].map((it) => ({ said: JSON.stringify(it), it: it as unknown }))
    )
    .run(async ({ assert }, { it }) => {
      await assert.rejects(() => reader.validate({ it }), errors.E_VALIDATION_ERROR)
    })
})
