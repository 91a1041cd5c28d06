import { test } from '@japa/runner'
import type { SnapshotLineItem } from '#modules/campaigns/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'
import { NaiveEngine } from '#tests/support/naive_engine'
import { world, type Make } from '#tests/support/match_world'
import { creative, inputFor, lineItem, placement, snapshotOf } from '#tests/support/snapshot_builder'

const ENGINES: { name: string; make: Make }[] = [
  { name: 'the engine', make: (snapshot) => new CompiledEngine(snapshot) },
  { name: 'the oracle', make: (snapshot) => new NaiveEngine(snapshot) },
]
const dear = { price: 2_000_000, ecpmMicros: 2_000_000 as SnapshotLineItem['ecpmMicros'] }
const blocks = (change: Partial<NonNullable<SnapshotPlacement['blocks']>>) =>
  placement({ blocks: { advertisers: [], categories: [], domains: [], ...change } })

for (const { name, make } of ENGINES) {
  test.group(`delivery rules of ${name}`, () => {
    test('a cap of line item, campaign or advertiser lets the next one serve', ({ assert }) => {
      const { at, why, lines } = world(make, [dear, {}])
      assert.equal(at(), 0)
      for (const id of [lines[0].id, lines[0].campaignId, lines[0].advertiserId]) {
        assert.equal(at({ capped: new Set([id]) }), 1)
        assert.deepEqual(why({ capped: new Set([id]) }), ['frequency_cap', null])
      }
    })

    test('a capped creative gives way to another of its line item, until all that fit are capped', ({
      assert,
    }) => {
      const place = placement()
      const banners = [creative(), creative(), creative({ width: 160, height: 600 })]
      const line = lineItem(banners)
      const engine = make(snapshotOf([place], banners, [line]))
      const shown = (capped: string[]) =>
        engine.decide(inputFor(place.id, { capped: new Set(capped), draw: [0, 2 ** 31] }))?.creative.id
      assert.equal(shown([banners[0].id]), banners[1].id)
      assert.equal(shown([banners[1].id]), banners[0].id)
      assert.isUndefined(shown([banners[0].id, banners[1].id]))
      const reasons = engine.explain(inputFor(place.id, { capped: new Set([banners[0].id, banners[1].id]) }))
      assert.equal(reasons.get(line.id), 'frequency_cap')
    })

    test('a key that is on the page bars every line item that has it', ({ assert }) => {
      const { at, why } = world(make, [
        { ...dear, exclusionKeys: ['cars', 'vans'] },
        { exclusionKeys: ['beer'] },
      ])
      assert.equal(at({ pageKeys: new Set(['wine']) }), 0)
      assert.equal(at({ pageKeys: new Set(['vans']) }), 1)
      assert.deepEqual(why({ pageKeys: new Set(['cars', 'beer']) }), [
        'competitive_exclusion',
        'competitive_exclusion',
      ])
    })

    test('a barred line item does not come back as one that was used before', ({ assert }) => {
      const { at, lines } = world(make, [{ exclusionKeys: ['cars'] }])
      assert.equal(at({ used: new Set([lines[0].id]) }), 0)
      assert.isNull(at({ used: new Set([lines[0].id]), pageKeys: new Set(['cars']) }))
    })

    test('a roadblock leaves only one line item, or leaves one out', ({ assert }) => {
      const { at, why, lines } = world(make, [dear, {}])
      assert.equal(at({ only: lines[1].id }), 1)
      assert.deepEqual(why({ only: lines[1].id }), ['roadblock', null])
      assert.equal(at({ without: new Set([lines[0].id]) }), 1)
      assert.isNull(at({ only: lines[0].id, without: new Set([lines[0].id]) }))
    })

    test('a publisher blocks by advertiser, category and landing page', ({ assert }) => {
      const lines = [{ ...dear, adCategories: ['gambling'] }, {}]
      assert.equal(world(make, lines, blocks({ categories: ['gambling'] })).at(), 1)
      assert.equal(world(make, lines, blocks({ categories: ['alcohol'] })).at(), 0)
      const all = world(make, lines, blocks({ domains: ['shop.example'] }))
      assert.isNull(all.at())
      assert.deepEqual(all.why(), ['publisher_block', 'publisher_block'])
      assert.equal(world(make, lines, blocks({ domains: ['op.example', 'www.shop.example'] })).at(), 0)
      const { advertiserId } = lineItem([])
      const named = [{ ...dear, advertiserId }, {}]
      assert.equal(world(make, named, blocks({ advertisers: [advertiserId] })).at(), 1)
    })

    test('a domain blocks its subdomains', ({ assert }) => {
      const place = blocks({ domains: ['shop.example'] })
      const banner = creative({ landingUrl: 'https://sale.shop.example/now' })
      const engine = make(snapshotOf([place], [banner], [lineItem([banner])]))
      assert.isNull(engine.decide(inputFor(place.id)))
    })
  })
}
