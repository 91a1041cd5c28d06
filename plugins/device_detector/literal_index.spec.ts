import { test } from '@japa/runner'
import { LiteralIndex } from '#plugins/device_detector/literal_index'
import { requiredLiterals } from '#plugins/device_detector/required_literals'

test.group('required literals', () => {
  test('{source} -> {words}')
    .with([
      { source: 'Googlebot', words: ['googlebot'] },
      { source: 'Foo|Barbaz', words: ['foo', 'barbaz'] },
      { source: 'Kindle(?:Fire)?/\\d+', words: ['kindle/', 'kindlefire/'] },
      { source: 'Ch[r0]ome', words: ['chrome', 'ch0ome'] },
      { source: 'X(?:11|23)Y?Z', words: ['x11yz', 'x11z', 'x23yz', 'x23z'] },
      { source: '(?:abc)+', words: ['abc'] },
      { source: 'abc(?!def)', words: ['abc'] },
      { source: 'a{2,3}bcd', words: ['bcd'] },
      { source: '(?:abc)*', words: null },
      { source: 'abc|.*', words: null },
      { source: '[a-z]+', words: null },
      { source: '', words: null },
      { source: '(?:broken', words: null },
    ])
    .run(({ assert }, { source, words }) => {
      const found = requiredLiterals(source)
      assert.deepEqual(found && [...found].sort(), words && [...words].sort())
    })

  test('a word that every browser sends is left for one that selects', ({ assert }) => {
    assert.deepEqual(requiredLiterals('Android [0-9]+; FRITZ'), ['; fritz'])
  })
})

test.group('literal index', () => {
  test('gives the rules that can match, in order, and those it cannot judge', ({ assert }) => {
    const index = new LiteralIndex(['Chromium', '.*', 'Firefox|Iceweasel', 'a.b', 'Opera'])
    assert.deepEqual(index.candidates('iceweasel on chromium'), [0, 1, 2, 3])
    assert.deepEqual(index.candidates(''), [1, 3])
  })
})
