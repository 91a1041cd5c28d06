import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import type { Fact } from '#modules/events/contract'
import { listLogs, removeSegmentsBefore } from '#modules/events/services/log/directory'
import { impression } from '#tests/support/events_arbitraries'
import { FaultyDisk } from '#tests/support/faulty_disk'
import { logDirectory, openLog, readAll } from '#tests/support/event_logs'

const RECORD = 132
const many = (count: number) => Array.from({ length: count }, () => impression())
const ids = (facts: readonly { id: string }[]) => facts.map((fact) => fact.id)

test.group('durable log', () => {
  test('what is acknowledged can be read in order, and one sync serves all who wait', async ({
    assert,
    test: self,
  }) => {
    const dir = await logDirectory(self)
    const disk = new FaultyDisk()
    const { log, metrics } = openLog(self, dir, {}, disk)
    const facts = many(1_000)
    const outcomes = await Promise.all(facts.map((fact) => log.append(fact)))
    assert.isTrue(outcomes.every((outcome) => outcome.ok))
    assert.deepEqual((await readAll(dir, log.id)).facts, facts)
    assert.isAtMost(disk.syncs, 2)
    assert.equal(metrics.acknowledged.value, 1_000)
    assert.equal(metrics.logBytes.value, 1_000 * RECORD)
  })

  test('nothing exists on disk before the first fact', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir)
    assert.deepEqual(await readdir(dir), [])
    await log.append(impression())
    assert.deepEqual(
      (await listLogs(dir)).map(({ id, live }) => ({ id, live })),
      [{ id: log.id, live: true }]
    )
  })

  test('a note reaches the disk though nobody waits for it', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir)
    const fact = impression()
    assert.isTrue(log.note(fact))
    await log.close()
    assert.deepEqual((await readAll(dir, log.id)).facts, [fact])
  })

  test('closing syncs what waits, ends the log, and later facts are refused', async ({
    assert,
    test: self,
  }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir)
    const facts = many(50)
    const pending = facts.map((fact) => log.append(fact))
    await log.close()
    await log.close()
    assert.isTrue((await Promise.all(pending)).every((outcome) => outcome.ok))
    assert.deepEqual(await log.append(impression()), { ok: false, error: { type: 'closed' } })
    assert.isFalse(log.note(impression()))
    const read = await readAll(dir, log.id)
    assert.deepEqual(ids(read.facts), ids(facts))
    assert.isTrue(read.isFinished)
  })

  test('a fact that cannot be encoded is refused by name and leaves no trace', async ({
    assert,
    test: self,
  }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir)
    assert.throws(() => log.append(impression({ currency: 'x' as Fact['currency'] })), /^currency /)
    const fact = impression()
    await log.append(fact)
    assert.deepEqual(ids((await readAll(dir, log.id)).facts), [fact.id])
  })

  test('segments rotate by size and are read with any page size', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir, { segmentBytes: 10 * RECORD, windowMs: 0 })
    const facts = many(95)
    for (let at = 0; at < facts.length; at += 4) {
      await Promise.all(facts.slice(at, at + 4).map((fact) => log.append(fact)))
    }
    const files = (await readdir(join(dir, log.id))).filter((name) => name.endsWith('.seg'))
    assert.isAbove(files.length, 9)
    for (const pageFacts of [1, 3, 7, 1_000]) {
      assert.deepEqual(ids((await readAll(dir, log.id, { pageFacts })).facts), ids(facts))
    }
  })

  test('the queue is bounded: notes are refused first, then everything', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const { log, metrics } = openLog(self, dir, { queueBytes: 100 * RECORD })
    const noted = many(200).filter((fact) => log.note(fact)).length
    assert.equal(noted, 75)
    const outcomes = await Promise.all(many(200).map((fact) => log.append(fact)))
    assert.equal(outcomes.filter((outcome) => outcome.ok).length, 25)
    assert.deepEqual(outcomes.at(-1), { ok: false, error: { type: 'log_full' } })
    assert.equal(metrics.refused.log_full.value, 125 + 175)
    assert.lengthOf((await readAll(dir, log.id)).facts, 100)
  })

  test('the cap of the directory refuses, and room made lets facts in again', async ({
    assert,
    test: self,
  }) => {
    const dir = await logDirectory(self)
    const segmentBytes = 10 * RECORD
    const { log } = openLog(self, dir, { segmentBytes, capBytes: 5 * segmentBytes, windowMs: 0 })
    let accepted = 0
    for (; accepted < 1_000; accepted++) if (!(await log.append(impression())).ok) break
    assert.isAbove(accepted, 35)
    assert.isAtMost(accepted, 50)
    assert.deepEqual(await log.append(impression()), { ok: false, error: { type: 'log_full' } })
    await removeSegmentsBefore(join(dir, log.id), 3)
    assert.isTrue((await eventually(() => log.append(impression()))).ok)
  })
})

test.group('durable log on a failing disk', () => {
  test('ENOSPC after {after} bytes: refused cleanly, cut back, heals alone')
    .with([{ after: 0 }, { after: 1 }, { after: 131 }, { after: 132 }, { after: 200 }, { after: 10_000 }])
    .run(async ({ assert, test: self }, { after }) => {
      const dir = await logDirectory(self)
      const disk = new FaultyDisk()
      const { log, metrics } = openLog(self, dir, {}, disk)
      const before = many(5)
      await Promise.all(before.map((fact) => log.append(fact)))
      disk.fail({ call: 'write', code: 'ENOSPC', after })
      const refused = await Promise.all(many(5).map((fact) => log.append(fact)))
      assert.deepEqual(refused, Array(5).fill({ ok: false, error: { type: 'log_full' } }))
      assert.equal(disk.fired, 1)
      assert.deepEqual(await log.append(impression()), { ok: false, error: { type: 'log_full' } })
      const later = impression()
      assert.isTrue((await eventually(() => log.append(later))).ok)
      const read = await readAll(dir, log.id)
      assert.deepEqual(ids(read.facts), ids([...before, later]))
      assert.isEmpty(read.poison)
      assert.isAtLeast(metrics.refused.log_full.value, 6)
    })

  test('after a failed fdatasync the same file is never written again', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const disk = new FaultyDisk()
    const { log } = openLog(self, dir, {}, disk)
    const first = impression()
    await log.append(first)
    disk.fail({ call: 'datasync', code: 'EIO' })
    const failed = impression()
    assert.deepEqual(await log.append(failed), { ok: false, error: { type: 'log_failed' } })
    const later = impression()
    assert.isTrue((await eventually(() => log.append(later))).ok)
    assert.deepEqual(ids((await readAll(dir, log.id)).facts), ids([first, later]))
    assert.includeMembers(await readdir(join(dir, log.id)), ['00000001.seg', '00000002.seg'])
  })

  test('a torn batch that could not be cut off costs none of the others', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const disk = new FaultyDisk()
    const { log } = openLog(self, dir, {}, disk)
    const first = impression()
    await log.append(first)
    disk.fail({ call: 'write', code: 'EIO', after: 70 }, { call: 'truncate', code: 'EIO' })
    assert.isFalse((await log.append(impression())).ok)
    const later = impression()
    assert.isTrue((await eventually(() => log.append(later))).ok)
    const read = await readAll(dir, log.id)
    assert.deepEqual(ids(read.facts), ids([first, later]))
    assert.deepEqual(
      read.poison.map(({ source, reason, bytes }) => ({
        segment: source.segment,
        reason,
        length: bytes.length,
      })),
      [{ segment: 1, reason: 'bad_checksum', length: 70 }]
    )
    assert.equal(disk.fired, 2)
  })

  test('a disk on which no segment can be made refuses until one can', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const disk = new FaultyDisk()
    const { log } = openLog(self, dir, {}, disk)
    disk.fail({ call: 'create', code: 'ENOSPC' }, { call: 'write', code: 'ENOSPC', after: 20 })
    assert.isFalse((await log.append(impression())).ok)
    const fact = impression()
    assert.isTrue((await eventually(() => log.append(fact))).ok)
    assert.deepEqual(ids((await readAll(dir, log.id)).facts), [fact.id])
    assert.equal(disk.fired, 2)
  })

  test('a log directory that was taken away is made again', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    const { log } = openLog(self, dir, { segmentBytes: 2 * RECORD })
    await log.append(impression())
    const { rm } = await import('node:fs/promises')
    await rm(join(dir, log.id), { recursive: true })
    assert.isTrue((await eventually(() => log.append(impression()))).ok)
    assert.isTrue((await eventually(() => log.append(impression()))).ok)
    assert.isTrue(existsSync(join(dir, log.id)))
  })
})

/** Asks again until it is accepted, for at most two seconds. */
async function eventually<T extends { ok: boolean }>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask()
    if (answer.ok || tries === 40) return answer
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
