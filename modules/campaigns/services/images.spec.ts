import { test } from '@japa/runner'
import sharp from 'sharp'
import { encodeImage } from '#modules/campaigns/services/images'
import { animation, bitPng, flat, SVG_WITH_SCRIPT } from '#tests/support/images'

async function encoded(upload: Buffer) {
  const result = await encodeImage(upload)
  if (!result.ok) throw new Error(result.error.detail)
  return result.value
}
async function refusal(upload: Buffer): Promise<string> {
  const result = await encodeImage(upload)
  return result.ok ? 'accepted' : result.error.code
}

test.group('encodeImage', () => {
  for (const [format, extension] of [
    ['png', 'png'],
    ['jpeg', 'jpg'],
    ['webp', 'webp'],
    ['gif', 'gif'],
  ] as const) {
    test(`keeps ${format} as ${format}, with the same size, under a name of its content`, async ({
      assert,
    }) => {
      const image = await encoded(await flat(300, 250).toFormat(format).toBuffer())
      assert.containsSubset(image, { width: 300, height: 250, frames: 1, file: `300x250.${extension}` })
      assert.equal((await sharp(image.bytes).metadata()).format, format)
      assert.match(image.hash, /^[0-9a-f]{64}$/)
    })
  }

  test('the same picture is the same file, whatever metadata it carries', async ({ assert }) => {
    const plain = await flat(20, 10).png().toBuffer()
    const tagged = await flat(20, 10)
      .withExif({ IFD0: { Copyright: '<script>alert(1)</script>', Artist: 'A. Person' } })
      .png()
      .toBuffer()
    const image = await encoded(tagged)
    assert.equal(image.hash, (await encoded(plain)).hash)
    assert.notInclude(image.bytes.toString('latin1'), 'script')
    assert.isUndefined((await sharp(image.bytes).metadata()).exif)
  })

  test('a page hidden behind a picture does not survive', async ({ assert }) => {
    const polyglot = Buffer.concat([
      await flat(20, 10).gif().toBuffer(),
      Buffer.from('<html><script>alert(1)</script></html>'),
    ])
    assert.notInclude((await encoded(polyglot)).bytes.toString('latin1'), '<script')
  })

  test('a photograph that lies on its side is stored upright', async ({ assert }) => {
    const lying = await flat(40, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer()
    assert.containsSubset(await encoded(lying), { width: 20, height: 40 })
  })

  test('an animation keeps its frames and timing', async ({ assert }) => {
    const image = await encoded(await animation(30, 20, 5))
    assert.containsSubset(image, { width: 30, height: 20, frames: 5, file: '30x20.gif' })
    assert.deepEqual((await sharp(image.bytes).metadata()).delay, [120, 120, 120, 120, 120])
  })

  test('a 30,000 × 30,000 PNG is refused by its header, in an instant', async ({ assert }) => {
    const bomb = bitPng(30_000, 30_000)
    assert.isBelow(bomb.length, 200_000)
    const before = process.memoryUsage().rss
    const start = performance.now()
    assert.equal(await refusal(bomb), 'image_size')
    assert.isBelow(performance.now() - start, 500)
    assert.isBelow(process.memoryUsage().rss - before, 64 * 1024 * 1024)
  })

  test('too many frames are refused', async ({ assert }) => {
    assert.equal(await refusal(await animation(2, 2, 201)), 'image_frames')
  })

  test('what is no image is refused with its reason', async ({ assert }) => {
    const png = await flat(300, 250, '#123').png().toBuffer()
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))
    const cases: [Buffer, string][] = [
      [SVG_WITH_SCRIPT, 'svg'],
      [Buffer.from('\ufeff<!-- x --><svg onload="alert(1)"/>'), 'svg'],
      [Buffer.from('<html></html>'), 'image_format'],
      [Buffer.from('BM\x36\x00'), 'image_format'],
      [Buffer.alloc(0), 'image_format'],
      [png.subarray(0, png.length / 2), 'image'],
      [png.subarray(0, 8), 'image'],
      [Buffer.concat([png.subarray(0, 60), noise]), 'image'],
    ]
    for (const [upload, code] of cases) assert.equal(await refusal(upload), code)
  })
})
