import { test } from '@japa/runner'
import { LocalRequestContext } from '#modules/context/services/local_request_context'
import devicePlugin from '#plugins/device_detector/plugin'
import geoPlugin from '#plugins/geo_mmdb/plugin'

const settings = { geoDatabase: null }
const geo = geoPlugin.build(settings)
const agents = devicePlugin.build(settings)
const context = new LocalRequestContext(geo, agents, ['127.0.0.0/8'])
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

test.group('request context', () => {
  test('tells address, place, agent and language of a request behind a proxy', ({ assert }) => {
    const facts = context.describe({
      remoteAddress: '127.0.0.1',
      forwardedFor: '1.2.3.4, 8.8.8.8',
      userAgent: IPHONE,
      acceptLanguage: 'fr-CH, de;q=0.5',
    })
    assert.containSubset(facts, {
      address: '8.8.8.8',
      truncatedAddress: '8.8.8.0',
      geo: { country: 'US', region: null },
      agent: { bot: false, deviceType: 'smartphone', os: 'iOS', browser: 'Mobile Safari' },
      language: 'fr',
    })
  })

  test('a request that says nothing is unknown, not an error', ({ assert }) => {
    const facts = context.describe({
      remoteAddress: '',
      forwardedFor: undefined,
      userAgent: undefined,
      acceptLanguage: undefined,
    })
    assert.containSubset(facts, {
      address: '',
      truncatedAddress: '',
      geo: { country: null },
      agent: { bot: false, deviceType: null },
      language: null,
    })
  })

  test('hints of the request reach the device detection', ({ assert }) => {
    const hints = {
      'sec-ch-ua-model': '"SM-X710"',
      'sec-ch-ua-platform': '"Android"',
      'sec-ch-ua-mobile': '?0',
    }
    const userAgent =
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'
    const facts = context.describe({
      remoteAddress: '8.8.8.8',
      forwardedFor: undefined,
      userAgent,
      acceptLanguage: undefined,
      hints,
    })
    assert.equal(facts.agent.deviceType, 'tablet')
  })

  test('stated {ip} and {userAgent} are described as stated')
    .with([
      { ip: '::ffff:8.8.8.8', userAgent: IPHONE, address: '8.8.8.8', country: 'US', device: 'smartphone' },
      { ip: null, userAgent: null, address: '', country: null, device: null },
      { ip: 'not an address', userAgent: 'curl/8.0', address: '', country: null, device: null },
      { ip: '8.8.8.8, 9.9.9.9', userAgent: '', address: '', country: null, device: null },
    ])
    .run(({ assert }, { ip, userAgent, address, country, device }) => {
      const facts = context.describeStated({ ip, userAgent, acceptLanguage: undefined })
      assert.equal(facts.address, address)
      assert.equal(facts.geo.country, country)
      assert.equal(facts.agent.deviceType, device)
    })

  test('names the dimensions of the database', ({ assert }) => {
    assert.deepEqual([...context.geoDimensions], ['country'])
  })
})
