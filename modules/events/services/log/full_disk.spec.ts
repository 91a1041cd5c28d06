import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { impression } from '#tests/support/events_arbitraries'
import { openLog, readAll } from '#tests/support/event_logs'

const DISK_BYTES = 1_048_576

/** A file system of one megabyte; null where none may be mounted. */
async function smallDisk(self: TestContext['test']): Promise<string | null> {
  const path = await mkdtemp(join(tmpdir(), 'placard-disk-'))
  self.cleanup(() => rm(path, { recursive: true, force: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { stdio: 'pipe' })
  } catch (error) {
    process.stdout.write(
      `      NOT TESTED: no file system can be mounted here (${String(error).split('\n')[0]})\n`
    )
    return null
  }
  self.cleanup(() => void execFileSync('umount', ['-l', path]))
  return path
}

test.group('durable log on a full disk', () => {
  test('refuses cleanly, keeps what it acknowledged, and goes on when there is room', async ({
    assert,
    test: self,
  }) => {
    const disk = await smallDisk(self)
    if (disk === null) return
    const logDir = join(disk, 'log')
    const { log } = openLog(self, logDir, { segmentBytes: 200_000 })
    const ballast = join(disk, 'ballast')
    await writeFile(ballast, Buffer.alloc(300_000))
    const acknowledged: string[] = []
    const append = async () => {
      const facts = Array.from({ length: 100 }, () => impression())
      const outcomes = await Promise.all(facts.map((fact) => log.append(fact)))
      outcomes.forEach((outcome, at) => outcome.ok && acknowledged.push(facts[at]!.id))
      return outcomes
    }
    let refusals = 0
    for (let wave = 0; wave < 200 && refusals < 3; wave++) {
      const outcomes = await append()
      if (outcomes.some((outcome) => !outcome.ok)) refusals += 1
      for (const outcome of outcomes) if (!outcome.ok) assert.equal(outcome.error.type, 'log_full')
      if (refusals > 0) await new Promise((resolve) => setTimeout(resolve, 120))
    }
    assert.equal(refusals, 3)
    assert.isBelow((await statfs(disk)).bavail * 4_096, 100_000, 'the disk was really full')
    const before = acknowledged.length
    await unlink(ballast)
    for (let wave = 0; wave < 50 && acknowledged.length === before; wave++) {
      await append()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.isAbove(acknowledged.length, before)
    const read = await readAll(logDir, log.id)
    assert.deepEqual(
      read.facts.map(({ id }) => id),
      acknowledged
    )
    assert.isEmpty(read.poison)
  })
})
