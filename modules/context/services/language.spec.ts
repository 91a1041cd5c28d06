import { test } from '@japa/runner'
import { preferredLanguage } from '#modules/context/services/language'

test.group('preferred language', () => {
  test('"{header}" -> {language}')
    .with([
      { header: undefined, language: null },
      { header: '', language: null },
      { header: '*', language: null },
      { header: 'de', language: 'de' },
      { header: 'DE-ch', language: 'de' },
      { header: 'zh-Hant-TW', language: 'zh' },
      { header: 'fil-PH,en;q=0.5', language: 'fil' },
      { header: 'de-CH, en;q=0.8', language: 'de' },
      { header: 'en;q=0.8, de;q=0.9', language: 'de' },
      { header: 'en; q=0.5 , fr ; q = 0.7', language: 'fr' },
      { header: 'en, de', language: 'en' },
      { header: 'en;q=0, de;q=0.001', language: 'de' },
      { header: 'en;q=0', language: null },
      { header: '*;q=1, fr;q=0.1', language: 'fr' },
      { header: 'en;q=2, de;q=0.1', language: 'de' },
      { header: 'en;q=, de;q=0.1', language: 'de' },
      { header: 'en;q=0.5;level=1, de;q=0.1', language: 'de' },
      { header: 'x-klingon, de', language: 'de' },
      { header: 'e, 12, english-language-and-more, de', language: 'de' },
      { header: '<script>alert(1)</script>', language: null },
      { header: ',;,;q=1,,', language: null },
      { header: 'de_DE', language: null },
    ])
    .run(({ assert }, { header, language }) => assert.equal(preferredLanguage(header), language))

  test('hostile headers take no time and name no language', ({ assert }) => {
    for (const header of [
      `${'a'.repeat(600)},de`,
      '-'.repeat(100_000),
      ','.repeat(100_000),
      ';q=0.5'.repeat(50_000),
      `de;${' '.repeat(100_000)}`,
    ]) {
      const start = performance.now()
      assert.isNull(preferredLanguage(header))
      assert.isBelow(performance.now() - start, 50)
    }
  })
})
