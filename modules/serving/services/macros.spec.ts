import { test } from '@japa/runner'
import { clickDestination } from '#modules/serving/services/click_destination'
import { expandMacros, type MacroNeeds } from '#modules/serving/services/macros'

const CLICK = 'https://ads.example/t/c/TOKEN-_'
const NEEDS: MacroNeeds = {
  clickUrl: CLICK,
  cacheBuster: 42,
  width: 300,
  height: 250,
  context: {
    pageUrl: `https://news.example/a?b="'><script>alert(1)</script>`,
    referrer: 'https://search.example/',
    placementId: 'p1',
    lineItemId: 'l1',
    campaignId: 'c1',
    creativeId: 'k1',
    signals: { gdpr: true, tcf: 'CONSENT', gpp: 'DBAA~1', gppSid: [2, 6], usPrivacy: '1YNN' },
  },
}
const BARE: MacroNeeds = { clickUrl: CLICK, cacheBuster: 42, width: 300, height: 250 }

test.group('macros', () => {
  test('the click address is encoded once for each level that it is nested in', ({ assert }) => {
    const once = encodeURIComponent(`${CLICK}?to=`)
    for (const spelling of ['${CLICK_URL}', '%%CLICK_URL_UNESC%%', '[CLICKTAG]', '{clickurl}']) {
      assert.equal(expandMacros(spelling, NEEDS), `${CLICK}?to=`, spelling)
    }
    for (const spelling of ['${CLICK_URL_ESC}', '%%CLICK_URL_ESC%%', '${CLICK_URL_ENC}', '{clickurl_enc}']) {
      assert.equal(expandMacros(spelling, NEEDS), once, spelling)
    }
    assert.equal(expandMacros('${CLICK_URL_ESC_ESC}', NEEDS), encodeURIComponent(once))
    assert.equal(expandMacros('%%CLICK_URL_ESC_ESC%%', NEEDS), encodeURIComponent(once))
  })

  test('page, size, ids and consent are told', ({ assert }) => {
    const text =
      '${PAGE_DOMAIN}|${WIDTH}x%%HEIGHT%%|${PLACEMENT_ID}|${LINE_ITEM_ID}|${CAMPAIGN_ID}|${CREATIVE_ID}'
    assert.equal(expandMacros(text, NEEDS), 'news.example|300x250|p1|l1|c1|k1')
    const consent = '${GDPR}|${GDPR_CONSENT_755}|${US_PRIVACY}|${GPP_STRING_755}|${GPP_SID}'
    assert.equal(expandMacros(consent, NEEDS), '1|CONSENT|1YNN|DBAA~1|2%2C6')
    assert.equal(expandMacros(consent, BARE), '||||')
    assert.equal(expandMacros('${CACHEBUSTER}%%CACHEBUSTER%%[TIMESTAMP]', NEEDS), '424242')
    assert.equal(expandMacros('${REFERRER_ESC_ESC}', NEEDS), 'https%253A%252F%252Fsearch.example%252F')
  })

  test('what comes from outside ends no attribute, no string and no parameter', ({ assert }) => {
    const value = expandMacros('${PAGE_URL}', NEEDS)
    assert.match(value, /^[A-Za-z0-9%._~-]+$/)
    assert.equal(decodeURIComponent(value), NEEDS.context!.pageUrl)
    const lone = { ...NEEDS, context: { pageUrl: 'https://news.example/\ud800' } }
    assert.match(expandMacros('${PAGE_URL}', lone), /^[A-Za-z0-9%._~-]+$/)
  })

  test('what is not ours stays, and values are not expanded again', ({ assert }) => {
    const foreign =
      '${click_url} ${CLICK_URL %%CLICK%% ${AUCTION_PRICE} ${constructor} [timestamp] {random} $CLICK_URL'
    assert.equal(expandMacros(foreign, NEEDS), foreign)
    const nested = { ...BARE, clickUrl: 'https://ads.example/${CACHEBUSTER}$&$1' }
    assert.equal(expandMacros('${CLICK_URL}', nested), `${nested.clickUrl}?to=`)
  })

  test('a hostile text is read in one pass', ({ assert }) => {
    const long = '${'.repeat(200_000) + '%%A'.repeat(100_000)
    assert.equal(expandMacros(long, NEEDS), long)
  })
})

test.group('click destinations', () => {
  const creative = { clickDomains: ['shop.example'] }

  test('an appended https address on a click domain is taken, however often it is encoded', ({ assert }) => {
    const goal = 'https://www.shop.example/a?b=1&c=2'
    for (const appended of [goal, encodeURIComponent(goal), encodeURIComponent(encodeURIComponent(goal))]) {
      assert.equal(clickDestination(`to=${appended}`, creative), goal)
    }
  })

  test('a click address is no open redirect', ({ assert }) => {
    for (const query of [
      '',
      'to=',
      'to=https://evil.example/',
      'to=http://shop.example/',
      'to=//shop.example/',
      'to=javascript:alert(1)//shop.example',
      'to=https://shop.example.evil.example/',
      'to=https://notshop.example/',
      'to=https://shop.example@evil.example/',
      'to=https://user:word@shop.example/',
      'to=https://shop.example:8443/',
      'to=https://evil.example\\.shop.example/',
      'to=https://evil.example%2f.shop.example/',
      'to=%E0%A4%A',
      'url=https://shop.example/',
      `to=https://shop.example/${'a'.repeat(3000)}`,
    ]) {
      assert.isNull(clickDestination(query, creative), query)
    }
    assert.isNull(clickDestination('to=https://shop.example/', {}))
  })
})
