import { test } from '@japa/runner'
import { buildPlugin } from '#app/plugins/registry'
import { AgentReader, GeoLookup } from '#modules/context/contract'
import plugins from '#config/plugins'

const settings = { geoDatabase: null }

test.group('plugin registry', () => {
  test('every plugin that the configuration names builds what its kind promises', async ({ assert }) => {
    assert.isTrue((await buildPlugin('geo', plugins.geo, settings)) instanceof GeoLookup)
    assert.isTrue((await buildPlugin('device', plugins.device, settings)) instanceof AgentReader)
  })

  test('{kind}: {name} is refused: {reason}')
    .with([
      {
        kind: 'geo',
        name: 'geo_nothing',
        reason: /^plugin geo_nothing: is unknown \(config\/plugins.ts, geo\); there are .*geo_mmdb/,
      },
      { kind: 'geo', name: '../kernel', reason: /^plugin \.\.\/kernel: is unknown/ },
      { kind: 'geo', name: '', reason: /^plugin : is unknown/ },
      {
        kind: 'geo',
        name: 'device_detector',
        reason: /^plugin device_detector: is of the kind device, not geo/,
      },
      { kind: 'device', name: 'geo_mmdb', reason: /^plugin geo_mmdb: is of the kind geo, not device/ },
    ] as const)
    .run(async ({ assert }, { kind, name, reason }) => {
      await assert.rejects(() => buildPlugin(kind, name, settings), reason)
    })

  test('a plugin that cannot start is named with its reason', async ({ assert }) => {
    await assert.rejects(
      () => buildPlugin('geo', 'geo_mmdb', { geoDatabase: '/nowhere.mmdb' }),
      'plugin geo_mmdb: /nowhere.mmdb does not exist'
    )
  })
})
