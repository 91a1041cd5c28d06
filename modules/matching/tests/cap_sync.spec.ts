import { test } from '@japa/runner'
import { Redis } from 'ioredis'
import { SeededRandom } from '#modules/kernel/random'
import { FrozenClock } from '#modules/kernel/time'
import type { Id } from '#modules/kernel/ids'
import type { SnapshotCaps } from '#modules/campaigns/contract'
import type { Match } from '#modules/matching/contract'
import { CapDeltas } from '#modules/matching/services/caps/cap_deltas'
import { CapLedger } from '#modules/matching/services/caps/cap_ledger'
import { CapStore } from '#modules/matching/services/caps/cap_store'
import { CapSubjects } from '#modules/matching/services/caps/cap_subjects'
import { CapSync } from '#modules/matching/services/caps/cap_sync'
import { LocalFrequencyCaps } from '#modules/matching/services/caps/local_caps'
import { LocalConsentGate } from '#modules/privacy/services/local_consent_gate'
import { Dice } from '#tests/support/dice'
import { naiveCapped, type Shown } from '#tests/support/naive_caps'
import { creative, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

const ORGANISATION = '018f0000-0000-7000-8000-000000000001' as Id<'organisation'>

/** A process as far as caps go. */
function processOn(redis: Redis, clock: FrozenClock) {
  const store = new CapStore(64_000)
  const deltas = new CapDeltas(10_000)
  const sync = new CapSync({ ledger: new CapLedger(redis), store, deltas, clock })
  return { store, deltas, sync, caps: new LocalFrequencyCaps(store, deltas) }
}

function world() {
  const banner = creative()
  const lines = [lineItem([banner]), lineItem([banner]), lineItem([banner])]
  const caps = lines.map(({ id }): SnapshotCaps => {
    const rules = [
      { impressions: 5, per: 'lifetime' as const },
      { impressions: 3, per: 'day' as const },
      { impressions: 2, per: { minutes: 30 } },
    ]
    return { owner: 'line_item', id, timeZone: 'Europe/Berlin', rules }
  })
  const snapshot = { ...snapshotOf([placement()], [banner], lines), caps }
  return {
    lines,
    caps,
    snapshot,
    matchOf: (at: number): Match => ({ lineItem: lines[at]!, creative: banner }),
  }
}

test.group('counts of frequency caps in Redis', (group) => {
  let redis: Redis
  const clock = new FrozenClock(0)

  group.each.setup(async () => {
    const { default: config } = await import('#config/redis')
    redis = new Redis({ ...config.connections.main })
    // Redis expires by its own clock, so the days of these tests begin today.
    clock.set(Date.now())
    const keys = await redis.keys('{placard}:caps:*')
    if (keys.length > 0) await redis.del(...keys)
    return () => redis.disconnect()
  })

  test('no decision is wrong across restarts', async ({ assert }) => {
    const { lines, caps, snapshot, matchOf } = world()
    const dice = new Dice(new SeededRandom(7))
    const shown: Shown[] = []
    let here = processOn(redis, clock)
    await here.sync.run()
    for (let step = 0; step < 600; step++) {
      clock.set(clock.now() + dice.below(20 * 60_000))
      const person = `p${dice.below(8)}`
      const call = here.caps.open(snapshot, { key: person, kept: true }, clock.now())!
      const expected = naiveCapped(caps, shown, person, clock.now())
      assert.deepEqual([...call.capped].sort(), [...expected].sort(), `step ${step}`)
      const at = dice.below(lines.length)
      if (!expected.has(lines[at]!.id)) {
        call.count(matchOf(at))
        shown.push({ person, at: clock.now(), owners: [lines[at]!.id] })
      }
      if (step % 50 !== 49) continue
      await here.sync.flush()
      here = processOn(redis, clock)
      await here.sync.run()
    }
    assert.isAbove(shown.length, 50)
  })

  test('two processes come to the same counts, each counted once', async ({ assert }) => {
    const { snapshot, matchOf } = world()
    const [one, two] = [processOn(redis, clock), processOn(redis, clock)]
    await one.sync.run()
    await two.sync.run()
    const count = ({ caps }: typeof one, person: string) =>
      caps.open(snapshot, { key: person, kept: true }, clock.now())!.count(matchOf(0))
    count(one, 'anna')
    count(two, 'anna')
    count(two, 'bob')
    for (const each of [one, two, one, two, one]) await each.sync.run()
    const late = processOn(redis, clock)
    await late.sync.run()
    const sums = [one, two, late].map(({ store }) =>
      ['anna', 'bob'].map(
        (person) => store.counts(person, clock.now()).find(({ counter }) => counter.endsWith('d'))?.count
      )
    )
    assert.deepEqual(sums, [
      [2, 1],
      [2, 1],
      [2, 1],
    ])
  })

  test('a batch that is sent again adds nothing', async ({ assert }) => {
    const ledger = new CapLedger(redis)
    const delta = { subject: 'anna', counter: 'x d', window: 1, by: 1, expiresMs: clock.now() + 60_000 }
    await ledger.write('me', 'batch-1', [delta], clock.now())
    await ledger.write('me', 'batch-1', [delta], clock.now())
    const here = processOn(redis, clock)
    await here.sync.run()
    assert.equal(here.store.counts('anna', clock.now())[0]?.count, 1)
  })

  test('what was counted while Redis was away is written when it is back', async ({ assert }) => {
    const { snapshot, matchOf } = world()
    const here = processOn(redis, clock)
    here.caps.open(snapshot, { key: 'anna', kept: true }, clock.now())!.count(matchOf(0))
    const gone = new Redis({ port: 1, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
    gone.on('error', () => undefined) // refused on purpose
    const cut = new CapSync({ ...here, ledger: new CapLedger(gone), clock })
    await assert.rejects(() => cut.run())
    assert.isFalse(cut.loaded)
    await here.sync.run()
    const next = processOn(redis, clock)
    await next.sync.run()
    assert.lengthOf(next.store.counts('anna', clock.now()), 3)
  })

  test('a person is found, and erased everywhere', async ({ assert }) => {
    const { snapshot, matchOf, lines } = world()
    const [one, two] = [processOn(redis, clock), processOn(redis, clock)]
    const gate = new LocalConsentGate('a secret of at least thirty-two characters')
    const subjects = new CapSubjects(gate, one.sync, one.store)
    const ref = gate.capRef(ORGANISATION, 'visitor-1', gate.decide({ gdpr: false }))!.toString('base64url')
    await one.sync.run()
    await two.sync.run()
    one.caps.open(snapshot, { key: ref, kept: true }, clock.now())!.count(matchOf(0))
    one.caps.open(snapshot, { key: 'bob', kept: true }, clock.now())!.count(matchOf(0))
    await one.sync.run()
    await two.sync.run()
    const found = await subjects.find(ORGANISATION, 'visitor-1')
    assert.deepEqual(new Set(found.map(({ ownerId }) => ownerId)), new Set([lines[0]!.id]))
    assert.equal(await subjects.erase(ORGANISATION, 'visitor-1'), 3)
    await two.sync.run()
    assert.deepEqual([one.store.counts(ref, 0), two.store.counts(ref, 0)], [[], []])
    assert.lengthOf(two.store.counts('bob', clock.now()), 3)
    const keys = await redis.keys('{placard}:caps:*')
    const values = await Promise.all(
      keys.map(async (key) => ((await redis.type(key)) === 'hash' ? redis.hkeys(key) : []))
    )
    assert.isFalse(values.flat().some((field) => field.includes(ref)))
    assert.isFalse(
      JSON.stringify(await redis.xrange('{placard}:caps:news', '-', '+')).includes(`${ref}|${lines[0]!.id}`)
    )
    assert.equal(await subjects.erase(ORGANISATION, 'visitor-1'), 0)
  })
})
