import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import type { SnapshotCreative } from '#modules/campaigns/contract'
import { expandMacros, fallbackMarkup, markupOf, type MarkupNeeds } from '#modules/serving/services/markup'

const NEEDS: MarkupNeeds = {
  clickUrl: 'https://ads.example/t/c/TOKEN-_',
  creativeOrigin: 'https://cdn.example',
  cacheBuster: 42,
}
const IMAGE: SnapshotCreative = {
  id: 'c' as Id<'creative'>,
  advertiserId: 'a' as Id<'advertiser'>,
  name: 'Spring',
  type: 'image',
  width: 300,
  height: 250,
  landingUrl: 'https://shop.example/',
  assetPath: '/c/abc/spring.webp',
  altText: 'Spring sale',
  markup: null,
}
const foreign = (markup: string | null, name = 'Third'): SnapshotCreative => ({
  ...IMAGE,
  name,
  type: 'third_party',
  assetPath: null,
  markup,
})

test.group('markup', () => {
  test('an image is a link with a picture', ({ assert }) => {
    assert.equal(
      markupOf(IMAGE, NEEDS),
      '<a href="https://ads.example/t/c/TOKEN-_" target="_blank" rel="noopener sponsored nofollow">' +
        '<img src="https://cdn.example/c/abc/spring.webp" width="300" height="250" alt="Spring sale" border="0"></a>'
    )
  })

  test('hostile texts stay texts', ({ assert }) => {
    const hostile = `"><script>alert('x')</script><i a="`
    const image = markupOf({ ...IMAGE, altText: hostile, assetPath: `/c/a/${hostile}` }, NEEDS)!
    assert.notInclude(image, '<script')
    assert.equal(image.match(/</g)!.length, 3)
    const framed = markupOf(foreign('<b>x</b>', hostile), NEEDS)!
    assert.equal(framed.match(/</g)!.length, 2)
  })

  test('third-party markup cannot leave its sandboxed frame', ({ assert }) => {
    const framed = markupOf(
      foreign(`</iframe>"'><script>top.location='https://evil.example'</script>&quot;`),
      NEEDS
    )!
    assert.match(framed, /^<iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" /)
    assert.notInclude(framed, 'allow-same-origin')
    assert.notInclude(framed, 'allow-top-navigation')
    // One element only: what the markup brings along is inside the attribute.
    assert.equal(framed.match(/</g)!.length, 2)
    assert.include(framed, '&lt;script&gt;top.location=')
    assert.include(framed, '&amp;quot;')
  })

  test('the three macros are expanded, once, the others left', ({ assert }) => {
    const text = '<a href="${CLICK_URL}">${CLICK_URL_ESC}|${CACHEBUSTER}|${CLICK_URL|${PAGE_URL}|$CLICK_URL'
    assert.equal(
      expandMacros(text, NEEDS),
      '<a href="https://ads.example/t/c/TOKEN-_">https%3A%2F%2Fads.example%2Ft%2Fc%2FTOKEN-_|42|${CLICK_URL|${PAGE_URL}|$CLICK_URL'
    )
    const nested = { ...NEEDS, clickUrl: 'https://ads.example/?${CACHEBUSTER}$&$1' }
    assert.equal(expandMacros('${CLICK_URL}', nested), nested.clickUrl)
  })

  test('a creative that lacks what its type needs gives nothing', ({ assert }) => {
    assert.isNull(markupOf({ ...IMAGE, assetPath: null }, NEEDS))
    assert.isNull(markupOf(foreign(null), NEEDS))
    assert.isNull(markupOf(IMAGE, { ...NEEDS, creativeOrigin: 'javascript:alert(1)//' }))
  })

  test("a publisher's fallback is framed too", ({ assert }) => {
    const framed = fallbackMarkup('<script>1</script>', { width: 728, height: 90 })
    assert.match(framed, /^<iframe sandbox="[^"]+" width="728" height="90"/)
    assert.notInclude(framed, '<script')
  })
})
