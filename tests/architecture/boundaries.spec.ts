import { test } from '@japa/runner'
import { circles, importsIn, importsOf, violations } from '#tests/architecture/imports'

const SOURCES = ['modules/**/*.ts', 'plugins/**/*.ts']

test.group('boundaries', () => {
  test('modules meet only through contract.ts and events.ts, in their order', async ({ assert }) => {
    const imports = await importsOf(SOURCES)
    assert.isAbove(imports.length, 100)
    assert.deepEqual(violations(imports), [])
  })

  test('there are no circles among modules', async ({ assert }) => {
    assert.deepEqual(circles(await importsOf(SOURCES)), [])
  })

  test('the rule catches the trespass {from} → {to}')
    .with([
      { from: 'modules/rtb/auction.ts', to: '#modules/billing/services/ledger' },
      { from: 'modules/matching/services/engine.ts', to: '#modules/campaigns/services/compiler' },
      { from: 'modules/context/services/geo.ts', to: '#modules/identity/contract' },
      { from: 'modules/billing/services/book.ts', to: '#modules/reporting/contract' },
      { from: 'modules/kernel/money.ts', to: '#modules/events/contract' },
      { from: 'modules/serving/handlers/tag.ts', to: '#plugins/geo_mmdb/plugin' },
      { from: 'modules/serving/handlers/tag.ts', to: '#app/admin/render' },
      { from: 'modules/serving/handlers/tag.ts', to: '#tests/support/world' },
      { from: 'plugins/geo_mmdb/plugin.ts', to: '#plugins/device_detector/plugin' },
      { from: 'plugins/geo_mmdb/plugin.ts', to: '#modules/context/services/describe' },
    ])
    .run(({ assert }, trespass) => {
      assert.lengthOf(violations([trespass]), 1)
    })

  test('a relative path is no way around the rule', ({ assert }) => {
    const found = importsIn(
      'modules/rtb/services/auction.ts',
      `export { ledger } from '../../billing/services/ledger.ts'\nawait import('../../billing/jobs/book.ts')`
    )
    assert.lengthOf(violations(found), 2)
  })

  test('a circle is found', ({ assert }) => {
    const imports = [
      { from: 'modules/a_one/x.ts', to: '#modules/b_two/contract' },
      { from: 'modules/b_two/y.ts', to: '#modules/a_one/contract' },
    ]
    assert.isNotEmpty(circles(imports))
  })

  test('the allowed ways stay open', ({ assert }) => {
    const allowed = [
      { from: 'modules/rtb/auction.ts', to: '#modules/campaigns/contract' },
      { from: 'modules/rtb/auction.ts', to: '#modules/kernel/money' },
      { from: 'modules/reporting/services/report.ts', to: '#modules/billing/contract' },
      { from: 'plugins/geo_mmdb/plugin.ts', to: '#modules/context/contract' },
      { from: 'app/providers/plugins_provider.ts', to: '#plugins/geo_mmdb/plugin' },
    ]
    assert.deepEqual(violations(allowed), [])
  })
})
