import { test } from '@japa/runner'
import { encodeUpload } from '#modules/campaigns/services/bundles/upload'
import { recordFigure } from '#tests/support/figures'
import { hostileCreatives } from '#tests/support/hostile_creatives'

const RUNS = 3

/** Milliseconds of processor time of this process, threads of zlib and libvips included. */
async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test.group('hostile creatives', () => {
  test('each is refused with its reason, or taken without its payload', async ({ assert }) => {
    const set = await hostileCreatives()
    assert.isAtLeast(set.filter(({ codes }) => codes !== null).length, 40)
    assert.lengthOf(new Set(set.map(({ title }) => title)), set.length)
    for (const { title, bytes, codes, payload } of set) {
      const encoded = await encodeUpload(bytes)
      if (codes !== null) {
        assert.isFalse(encoded.ok, `${title} was taken`)
        if (encoded.ok) continue
        assert.include(codes, encoded.error.code, `${title}: ${encoded.error.detail}`)
        assert.isAbove(encoded.error.detail.length, 20, title)
        assert.match(encoded.error.detail, /^[\x20-\x7e×]*$/, title)
      } else {
        assert.isTrue(encoded.ok, `${title}: ${JSON.stringify(encoded)}`)
        if (!encoded.ok || encoded.value.type !== 'image') continue
        assert.isFalse(encoded.value.image.bytes.includes(payload!, 0, 'latin1'), title)
      }
    }
  }).timeout(60_000)

  test('what a refusal costs is measured', async ({ assert }) => {
    const medians: { title: string; ms: number }[] = []
    for (const { title, bytes } of await hostileCreatives()) {
      const times: number[] = []
      for (let run = 0; run < RUNS; run++) times.push(await cpuMsOf(() => encodeUpload(bytes)))
      times.sort((a, b) => a - b)
      medians.push({ title, ms: times[RUNS >> 1]! })
    }
    medians.sort((a, b) => b.ms - a.ms)
    recordFigure('hostile creatives: uploads', medians.length)
    recordFigure('hostile creatives: longest median of processor time', medians[0]!.ms.toFixed(1), 'ms')
    recordFigure('hostile creatives: which one that is', medians[0]!.title)
    recordFigure(
      'hostile creatives: median of the medians',
      medians[medians.length >> 1]!.ms.toFixed(1),
      'ms'
    )
    assert.isAbove(medians[0]!.ms, 0)
  }).timeout(120_000)
})
