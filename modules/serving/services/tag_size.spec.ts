import { test } from '@japa/runner'
import { buildTagScripts } from '#modules/serving/services/tag_scripts'

const MOST_BYTES = 10 * 1024

test.group('size of placard.js', () => {
  test('is at most 10 KiB compressed, by gzip and by brotli', async ({ assert }) => {
    const { placard } = await buildTagScripts()
    assert.isAtMost(placard.gzip.length, MOST_BYTES)
    assert.isAtMost(placard.brotli.length, MOST_BYTES)
  })
})
