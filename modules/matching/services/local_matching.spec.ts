import { test } from '@japa/runner'
import { DeliveryState, type DeliveryStateSection, type ServingSnapshot } from '#modules/campaigns/contract'
import type { Id } from '#modules/kernel/ids'
import { SeededRandom } from '#modules/kernel/random'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { ATTEMPTS_BEFORE_READY, LocalMatching } from '#modules/matching/services/local_matching'
import { EMPTY_STATE } from '#tests/support/naive_evaluator'
import { randomInput, randomSnapshot } from '#tests/support/snapshots'

type Organisation = Id<'organisation'>

/** Snapshots by organisation as campaigns would compile them, with a database that can be taken away. */
class Source {
  readonly snapshots = new Map<Organisation, ServingSnapshot>()
  readonly broken = new Set<Organisation>()
  readonly compiled: Organisation[] = []
  away = false

  add(seed: number, version = 1): ServingSnapshot {
    const snapshot = {
      ...randomSnapshot(new SeededRandom(seed), { lineItems: 50, targeted: 0, placements: 5 }),
      version,
    }
    this.snapshots.set(snapshot.organisationId, snapshot)
    return snapshot
  }

  async versions(): Promise<ReadonlyMap<Organisation, number>> {
    if (this.away) throw new Error('connection refused')
    return new Map([...this.snapshots].map(([id, { version }]) => [id, version]))
  }

  async compile(organisationId: Organisation): Promise<ServingSnapshot> {
    if (this.away) throw new Error('connection refused')
    this.compiled.push(organisationId)
    const snapshot = this.snapshots.get(organisationId)
    if (!snapshot || this.broken.has(organisationId)) throw new Error('this one cannot be compiled')
    return snapshot
  }
}

class ChangingState extends DeliveryState {
  section: DeliveryStateSection = EMPTY_STATE
  current() {
    return this.section
  }
}

function world() {
  const source = new Source()
  const state = new ChangingState()
  const lines: string[] = []
  const logger = {
    warn: (_: object, message: string) => void lines.push(`warn ${message}`),
    error: (_: object, message: string) => void lines.push(`error ${message}`),
    info: (message: string) => void lines.push(`info ${message}`),
  }
  return {
    source,
    state,
    lines,
    matching: new LocalMatching({ campaigns: source, deliveryState: state, logger }),
  }
}

test.group('LocalMatching', () => {
  test('is not ready before the first look, and knows each placement after it', async ({ assert }) => {
    const { source, matching } = world()
    const [one, two] = [source.add(1), source.add(2)]
    assert.isFalse(matching.ready)
    assert.isNull(matching.engineOf(one.placements[0].id))
    await matching.refresh()
    assert.isTrue(matching.ready)
    assert.strictEqual(matching.engineOf(one.placements[0].id)?.snapshot, one)
    assert.strictEqual(matching.engineOf(two.placements[4].id), matching.engine(two.organisationId))
    assert.lengthOf([...matching.engines()], 2)
    assert.isNull(matching.engineOf('00000000-0000-7000-8000-000000000000'))
  })

  test('is ready when there is no organisation at all', async ({ assert }) => {
    const { matching } = world()
    await matching.refresh()
    assert.isTrue(matching.ready)
  })

  test('compiles an organisation again only when its version has changed', async ({ assert }) => {
    const { source, matching } = world()
    const before = source.add(1)
    source.add(2)
    await matching.refresh()
    await matching.refresh()
    assert.lengthOf(source.compiled, 2)
    const [kept, gone] = [before.placements[0], before.placements[1]]
    const after = {
      ...before,
      version: 2,
      placements: before.placements.filter((placement) => placement !== gone),
    }
    source.snapshots.set(before.organisationId, after)
    await matching.refresh()
    assert.lengthOf(source.compiled, 3)
    assert.strictEqual(matching.engineOf(kept.id)?.snapshot, after)
    assert.isNull(matching.engineOf(gone.id))
  })

  test('forgets an organisation that is gone', async ({ assert }) => {
    const { source, matching } = world()
    const snapshot = source.add(1)
    await matching.refresh()
    source.snapshots.clear()
    await matching.refresh()
    assert.isNull(matching.engine(snapshot.organisationId))
    assert.isNull(matching.engineOf(snapshot.placements[0].id))
  })

  test('keeps the last engines while the database is away, and says so once', async ({ assert }) => {
    const { source, matching, lines } = world()
    const snapshot = source.add(1)
    await matching.refresh()
    source.away = true
    await matching.refresh()
    await matching.refresh()
    assert.strictEqual(matching.engine(snapshot.organisationId)?.snapshot, snapshot)
    assert.isTrue(matching.ready)
    assert.deepEqual(lines, ['warn snapshot versions cannot be read; the last snapshots stay'])
    source.away = false
    await matching.refresh()
    assert.lengthOf(lines, 2)
  })

  test('one organisation that cannot be compiled stops no other, and not the process for long', async ({
    assert,
  }) => {
    const { source, matching, lines } = world()
    const bad = source.add(1)
    const good = source.add(2)
    source.broken.add(bad.organisationId)
    await matching.refresh()
    assert.isFalse(matching.ready)
    assert.strictEqual(matching.engine(good.organisationId)?.snapshot, good)
    for (let look = 0; look < 2 ** ATTEMPTS_BEFORE_READY; look++) await matching.refresh()
    assert.isTrue(matching.ready)
    assert.lengthOf(lines, 1, 'a failure is logged once per version')
    assert.isBelow(
      source.compiled.filter((id) => id === bad.organisationId).length,
      2 ** ATTEMPTS_BEFORE_READY
    )
  })

  test('an organisation that fails keeps its last engine and recovers with a new version', async ({
    assert,
  }) => {
    const { source, matching } = world()
    const before = source.add(1)
    await matching.refresh()
    source.broken.add(before.organisationId)
    source.snapshots.set(before.organisationId, { ...before, version: 2 })
    await matching.refresh()
    assert.strictEqual(matching.engine(before.organisationId)?.snapshot, before)
    source.broken.clear()
    source.snapshots.set(before.organisationId, { ...before, version: 3 })
    await matching.refresh()
    assert.equal(matching.engine(before.organisationId)?.snapshot.version, 3)
  })

  test('looks that are asked for while one runs share the next one', async ({ assert }) => {
    const { source, matching } = world()
    source.add(1)
    const running = matching.refresh()
    const late = source.add(2)
    await Promise.all([running, matching.refresh(), matching.refresh()])
    assert.strictEqual(matching.engine(late.organisationId)?.snapshot, late)
    assert.lengthOf(source.compiled, 2)
  })

  test('a new engine starts with the delivery state, and a later one reaches it', async ({ assert }) => {
    const { source, state, matching } = world()
    const snapshot = source.add(1)
    const unspent = new CompiledEngine(snapshot)
    const random = new SeededRandom(9)
    const inputs = Array.from({ length: 200 }, () => randomInput(random, snapshot))
    const input = inputs.find((candidate) => unspent.decide(candidate) !== null)!
    const spent = new Set<string>(snapshot.lineItems.map(({ campaignId }) => campaignId))
    state.section = { version: 1, delivered: new Map(), spentCampaigns: spent }
    await matching.refresh()
    const engine = matching.engine(snapshot.organisationId)!
    assert.isNull(engine.decide(input))
    state.section = { version: 2, delivered: new Map(), spentCampaigns: new Set() }
    matching.pullState()
    assert.isNotNull(engine.decide(input))
  })
})
