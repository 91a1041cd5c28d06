import { test } from '@japa/runner'
import { SeededRandom } from '#modules/kernel/random'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { EMPTY_STATE } from '#tests/support/naive_evaluator'
import { NaiveEngine } from '#tests/support/naive_engine'
import type { Make } from '#tests/support/match_world'
import { creative, inputFor, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

const ENGINES: { name: string; make: Make }[] = [
  { name: 'the engine', make: (snapshot) => new CompiledEngine(snapshot) },
  { name: 'the oracle', make: (snapshot) => new NaiveEngine(snapshot) },
]
const REQUESTS = 4_000

/** Two line items that take everything, with the pass shares of a delivery state. */
function paced(make: Make, shares: readonly [number, number] | null) {
  const place = placement()
  const banner = creative()
  const lines = [lineItem([banner]), lineItem([banner])] as const
  const engine = make(snapshotOf([place], [banner], [...lines]))
  const pacing = shares && new Map(lines.map(({ id }, at): [string, number] => [id, shares[at]!]))
  engine.setState(pacing ? { ...EMPTY_STATE, pacing } : EMPTY_STATE)
  const random = new SeededRandom(7)
  const inputs = Array.from({ length: REQUESTS }, () =>
    inputFor(place.id, { draw: [random.uint32(), random.uint32()] })
  )
  return { engine, inputs, lines }
}

for (const { name, make } of ENGINES) {
  test.group(`pacing of ${name}`, () => {
    test('a line item competes for its share of the requests, independently of others', ({ assert }) => {
      const { engine, inputs, lines } = paced(make, [0.3, 0.5])
      const held = [0, 0, 0]
      for (const input of inputs) {
        const reasons = engine.explain(input)
        const back = lines.map(({ id }) => reasons.get(id) === 'pacing')
        back.forEach((one, at) => (held[at]! += Number(one)))
        held[2]! += Number(back[0] && back[1])
        assert.equal(engine.decide(input) === null, back[0] === true && back[1] === true)
      }
      const expected = [0.7, 0.5, 0.35]
      expected.forEach((share, at) => assert.approximately(held[at]! / REQUESTS, share, 0.025))
    })

    test('a share of 0 never serves, of 1 always, and the next state lets go', ({ assert }) => {
      const { engine, inputs, lines } = paced(make, [0, 1])
      assert.isTrue(inputs.every((input) => engine.decide(input)?.lineItem.id === lines[1].id))
      engine.setState({ ...EMPTY_STATE, version: 1 })
      assert.isTrue(inputs.some((input) => engine.decide(input)?.lineItem.id === lines[0].id))
    })
  })
}
