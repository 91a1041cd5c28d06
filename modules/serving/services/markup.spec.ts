import { test } from '@japa/runner'
import type { Id } from '#modules/kernel/ids'
import type { SnapshotCreative } from '#modules/campaigns/contract'
import { fallbackMarkup, markupOf, type MarkupNeeds } from '#modules/serving/services/markup'

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

  test('macros of third-party markup are expanded inside its frame', ({ assert }) => {
    const framed = markupOf(foreign('<a href="${CLICK_URL}">${WIDTH}|${CACHEBUSTER}|${NOT_OURS}'), NEEDS)!
    assert.include(framed, '&lt;a href=&quot;https://ads.example/t/c/TOKEN-_?to=&quot;&gt;300|42|${NOT_OURS}')
  })

  test('an HTML5 creative is its page in a frame, and knows its click address', ({ assert }) => {
    const html5 = { ...IMAGE, type: 'html5', assetPath: '/c/abc/index.html' } as const
    assert.equal(
      markupOf(html5, NEEDS),
      '<iframe sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" width="300" height="250" ' +
        'frameborder="0" scrolling="no" marginwidth="0" marginheight="0" title="Spring" ' +
        'src="https://cdn.example/c/abc/index.html?clickTag=https%3A%2F%2Fads.example%2Ft%2Fc%2FTOKEN-_"></iframe>'
    )
    assert.isNull(markupOf({ ...html5, assetPath: null }, NEEDS))
  })

  test('words of a text creative stay words', ({ assert }) => {
    const content = { title: '<script>1</script>', body: `"'&`, cta: 'Buy' }
    const framed = markupOf({ ...IMAGE, type: 'text', assetPath: null, content }, NEEDS)!
    assert.equal(framed.match(/</g)!.length, 2)
    assert.include(framed, '&lt;b&gt;&amp;lt;script&amp;gt;1')
    assert.include(framed, 'https://ads.example/t/c/TOKEN-_')
    assert.isNull(markupOf({ ...IMAGE, type: 'text' }, NEEDS))
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
