import { test } from '@japa/runner'
import type { Browser } from 'playwright-core'
import { openBrowser } from '#tests/support/browser'
import { DeliveryWorld, until } from '#tests/support/delivery_world'
import { publisherPage, script, slot, stateOf, visit } from '#tests/support/tag_pages'

/** A TCF platform whose reader answers when the test says so. */
const CMP = `
  const listeners = []
  let state = { eventStatus: 'cmpuishown' }
  const tell = (listener) => listener({ listenerId: 1, gdprApplies: true, ...state }, true)
  window.answer = (data) => { state = data; listeners.forEach(tell) }
  const tcf = (command, version, callback) => { if (command === 'addEventListener') { listeners.push(callback); tell(callback) } }`

test.group('consent on the page', (group) => {
  let browser: Browser
  let placementId: string
  group.setup(async () => {
    browser = await openBrowser()
    const world = await DeliveryWorld.create()
    placementId = await world.placement({ sizes: [[300, 250]] })
    await world.live(placementId)
    return () => browser.close()
  })

  test('{what}')
    .with([
      {
        what: 'an answer within the time goes with the first request',
        page: `${CMP}; window.__tcfapi = tcf; setTimeout(() => answer({ eventStatus: 'useractioncomplete', tcString: 'CPa' }), 300)`,
        attributes: '',
        consent: { gdpr: true, tcf: 'CPa' },
      },
      {
        what: 'a reader who takes too long has not consented',
        page: `${CMP}; window.__tcfapi = tcf`,
        attributes: 'data-consent-wait="200"',
        consent: { gdpr: true },
      },
      {
        what: 'where GDPR does not apply nothing is waited for',
        page: `window.__tcfapi = (command, version, callback) => callback({ eventStatus: 'cmpuishown', gdprApplies: false }, true)`,
        attributes: '',
        consent: { gdpr: false },
      },
      {
        what: 'a platform that comes late is waited for when the page says so',
        page: `${CMP}; setTimeout(() => { window.__tcfapi = tcf; answer({ eventStatus: 'tcloaded', tcString: 'CPlate' }); setTimeout(() => answer({ eventStatus: 'tcloaded', tcString: 'CPlate' }), 200) }, 500)`,
        attributes: 'data-consent-wait="5000"',
        consent: { gdpr: true, tcf: 'CPlate' },
      },
      {
        what: 'GPP is ready when its signal is, not before',
        page: `window.__gpp = (command, callback) => {
          if (command === 'ping') callback({ signalStatus: 'not ready', cmpStatus: 'loading', gppString: 'wrong', applicableSections: [] }, true)
          if (command === 'addEventListener') setTimeout(() => callback({ eventName: 'signalStatus', data: 'ready', pingData: { signalStatus: 'ready', gppString: 'DBAA', applicableSections: [7, -1, 8] } }, true), 200)
        }`,
        attributes: '',
        consent: { gpp: 'DBAA', gppSid: [7, 8] },
      },
      {
        what: 'a broken platform costs nothing but its answer',
        page: `window.__tcfapi = () => { throw new Error('broken') }; window.__uspapi = (command, version, callback) => callback({ uspString: '1YNN' }, true)`,
        attributes: '',
        consent: { gdpr: true, usPrivacy: '1YNN' },
      },
    ])
    .run(async ({ assert, cleanup }, { page: inline, attributes, consent }) => {
      const body = `<script>{ ${inline} }</script>${script(attributes)}${slot(placementId)}`
      const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
      await until('it asks', async () => calls.asked.length === 1)
      assert.deepEqual((calls.asked[0] as unknown as { consent: object }).consent, consent)
      await page.context().close()
    })

  test('a change of mind is told, and goes with the next request', async ({ assert, cleanup }) => {
    const body = `<script>${CMP}; window.__tcfapi = tcf; window.told = []; window.placard = { queue: [(placard) => placard.on('consent', (consent) => { told.push(consent); placard.refresh() })] }</script>${script('data-consent-wait="100"')}${slot(placementId)}`
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => body))
    await until('it is empty', async () => (await stateOf(page, placementId)) === 'empty')
    await page.evaluate(() =>
      (window as unknown as { answer(data: object): void }).answer({
        eventStatus: 'useractioncomplete',
        tcString: 'CPyes',
      })
    )
    await until('it asks again', async () => calls.asked.length === 2)
    const sent = calls.asked.map((body_) => (body_ as unknown as { consent: object }).consent)
    assert.deepEqual(sent, [{ gdpr: true }, { gdpr: true, tcf: 'CPyes' }])
    await page.context().close()
  })

  test('a platform in the page around the frame is asked by message', async ({ assert, cleanup }) => {
    const inner = await publisherPage(cleanup, () => script() + slot(placementId))
    const outer = `<script>
      addEventListener('message', ({ data, source }) => {
        const call = data && data.__tcfapiCall
        if (!call) return
        const returnValue = { eventStatus: 'tcloaded', gdprApplies: true, tcString: 'CPframe', command: call.command, version: call.version }
        source.postMessage(JSON.stringify({ __tcfapiReturn: { returnValue, success: true, callId: call.callId } }), '*')
      })
    </script><iframe name="__tcfapiLocator" style="display:none"></iframe>
    <iframe src="${inner}/inner" width="400" height="300"></iframe>`
    const { page, calls } = await visit(browser, await publisherPage(cleanup, () => outer))
    await until('it asks', async () => calls.asked.length === 1)
    assert.deepEqual((calls.asked[0] as unknown as { consent: object }).consent, {
      gdpr: true,
      tcf: 'CPframe',
    })
    await page.context().close()
  })
})
