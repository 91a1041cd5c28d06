import { test } from '@japa/runner'
import { htmlText, scriptValue } from '#modules/kernel/web_text'

const HOSTILE = `</script><!--"'&\u2028\u2029\\`

test.group('text for pages', () => {
  test('HTML text holds no character that ends its place', ({ assert }) => {
    assert.notMatch(htmlText(HOSTILE), /[<>"']/)
    assert.equal(htmlText('a & b'), 'a &amp; b')
  })

  test('a script value is the same value and ends neither element, comment nor line', ({ assert }) => {
    const text = scriptValue({ html: HOSTILE })
    assert.notMatch(text, /[<>&\u2028\u2029]/)
    assert.deepEqual(JSON.parse(text), { html: HOSTILE })
  })
})
