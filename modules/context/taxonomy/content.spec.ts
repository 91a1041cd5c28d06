import { test } from '@japa/runner'
import { categoriesWithParents, categoryId, categoryName } from '#modules/context/contract'

test.group('content categories', () => {
  test('{word} is {id}')
    .with([
      { word: '483', id: '483' },
      { word: '3.1:483', id: '483' },
      { word: '2.2:483', id: '483' },
      { word: '2.2:50', id: '42' },
      { word: 'IAB2-1', id: '32' },
      { word: '1.0:IAB17', id: '483' },
      { word: 'IAB1', id: 'JLBCU7' },
      { word: 'IAB25-3', id: null },
      { word: '2.2:1002', id: null },
      { word: '3.1:IAB2', id: null },
      { word: '99999', id: null },
      { word: '', id: null },
      { word: '__proto__', id: null },
    ])
    .run(({ assert }, { word, id }) => {
      assert.equal(categoryId(word), id)
    })

  test('a page carries the parents of its categories, each once, whatever version names them', ({
    assert,
  }) => {
    assert.deepEqual(categoriesWithParents(9, ['151', '153', 'unknown']), ['151', '150', '153'])
    assert.deepEqual(categoriesWithParents(1, ['IAB2-1', 'IAB2']), ['32', '1'])
    assert.deepEqual(categoriesWithParents(6, ['2']), ['2', '1'])
    assert.deepEqual(categoriesWithParents(4, ['2']), [])
    assert.deepEqual(categoriesWithParents(9, []), [])
  })

  test('names tell where a category lies', ({ assert }) => {
    assert.equal(categoryName('151'), 'Attractions › Amusement and Theme Parks')
    assert.isNull(categoryName('0'))
  })
})
