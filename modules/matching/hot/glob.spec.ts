import { test } from '@japa/runner'
import { compileGlob, matchesGlob } from '#modules/matching/hot/glob'

test.group('patterns with *', () => {
  test('{pattern} and {text} -> {expected}')
    .with([
      { pattern: '', text: '', expected: true },
      { pattern: '', text: 'a', expected: false },
      { pattern: '*', text: '', expected: true },
      { pattern: '*', text: '/a/b', expected: true },
      { pattern: 'a*a', text: 'a', expected: false },
      { pattern: 'a*a', text: 'aa', expected: true },
      { pattern: '/news/*', text: '/news/', expected: true },
      { pattern: '/news/*', text: '/news', expected: false },
      { pattern: '*.example.com', text: 'www.example.com', expected: true },
      { pattern: '*.example.com', text: 'example.com', expected: false },
      { pattern: '*aab*aab', text: 'aaaabaab', expected: true },
      { pattern: '*aab*aab', text: 'aaaab', expected: false },
      { pattern: '*abab*ab*', text: 'xababab', expected: true },
      { pattern: '*abab*abab*', text: 'xabababx', expected: false },
      { pattern: '**', text: 'x', expected: true },
      { pattern: 'a.c', text: 'abc', expected: false },
    ])
    .run(({ assert }, { pattern, text, expected }) => {
      assert.equal(matchesGlob(compileGlob(pattern), text), expected)
    })

  test('agree with a search that tries everything, on all short texts of two letters', ({ assert }) => {
    const words = (letters: string, most: number): string[] =>
      most === 0
        ? ['']
        : ['', ...[...letters].flatMap((one) => words(letters, most - 1).map((rest) => one + rest))]
    const tries = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === ''
      if (pattern[0] === '*') {
        return tries(pattern.slice(1), text) || (text !== '' && tries(pattern, text.slice(1)))
      }
      return text !== '' && text[0] === pattern[0] && tries(pattern.slice(1), text.slice(1))
    }
    const texts = [...new Set(words('ab', 5))]
    for (const pattern of new Set(words('ab*', 4))) {
      const glob = compileGlob(pattern)
      for (const text of texts) {
        if (matchesGlob(glob, text) !== tries(pattern, text)) assert.fail(`${pattern} and ${text}`)
      }
    }
  })

  test('take time in proportion to the text, however they repeat themselves', ({ assert }) => {
    const glob = compileGlob(`*${'a'.repeat(30_000)}b*`)
    const startedMs = performance.now()
    assert.isFalse(matchesGlob(glob, 'a'.repeat(300_000)))
    assert.isBelow(performance.now() - startedMs, 500)
  })
})
