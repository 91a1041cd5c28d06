import { appendFile, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@japa/runner'
import type { TestContext } from '@japa/runner/core'
import { crc32c } from '#modules/events/services/log/crc32c'
import { listLogs, segmentName } from '#modules/events/services/log/directory'
import { HEADER_BYTES } from '#modules/events/services/log/format'
import { hasLivingOwner, ownerText } from '#modules/events/services/log/owner'
import { START, readLog } from '#modules/events/services/log/reader'
import { impression } from '#tests/support/events_arbitraries'
import { logDirectory, openLog, readAll } from '#tests/support/event_logs'

const RECORD = 132
const ids = (facts: readonly { id: string }[]) => facts.map((fact) => fact.id)

/** A closed log of `count` facts in one segment. */
async function closedLog(context: TestContext['test'], count: number, segmentBytes = 1_000_000) {
  const dir = await logDirectory(context)
  const { log } = openLog(context, dir, { segmentBytes, windowMs: 0 })
  const facts = Array.from({ length: count }, () => impression())
  for (const fact of facts) await log.append(fact)
  await log.close()
  const file = (segment = 1) => join(dir, log.id, segmentName(segment))
  return { dir, id: log.id, facts, file }
}

test.group('log reader', () => {
  test('a tail torn at any byte is cut off, and no fact before it is lost', async ({
    assert,
    test: self,
  }) => {
    const { dir, id, facts, file } = await closedLog(self, 4)
    const whole = await readFile(file())
    for (let cut = 1; cut <= RECORD; cut++) {
      await writeFile(file(), whole.subarray(0, whole.length - cut))
      const read = await readAll(dir, id)
      assert.deepEqual(ids(read.facts), ids(facts.slice(0, 3)), `cut ${cut}`)
      assert.isEmpty(read.poison)
      assert.isTrue(read.isFinished)
    }
  })

  test('a last record with any wrong byte is a torn tail too', async ({ assert, test: self }) => {
    const { dir, id, facts, file } = await closedLog(self, 3)
    const whole = await readFile(file())
    for (let at = whole.length - RECORD; at < whole.length; at++) {
      await writeFile(file(), flipped(whole, at))
      const read = await readAll(dir, id)
      assert.deepEqual(ids(read.facts), ids(facts.slice(0, 2)), `byte ${at}`)
      assert.isTrue(read.isFinished)
    }
  })

  test('damage at any byte in the middle costs one record, which is put aside', async ({
    assert,
    test: self,
  }) => {
    const { dir, id, facts, file } = await closedLog(self, 5)
    const whole = await readFile(file())
    const start = HEADER_BYTES + 2 * RECORD
    for (let at = start; at < start + RECORD; at++) {
      await writeFile(file(), flipped(whole, at))
      const read = await readAll(dir, id)
      assert.deepEqual(ids(read.facts), ids(facts.filter((_, index) => index !== 2)), `byte ${at}`)
      assert.lengthOf(read.poison, 1)
      assert.equal(read.poison[0]!.reason, 'bad_checksum')
      assert.deepEqual(read.poison[0]!.source, { logId: id, segment: 1, offset: start })
      assert.lengthOf(read.poison[0]!.bytes, RECORD)
    }
  })

  test('damage that swallows {records} records costs exactly these')
    .with([{ records: 2 }, { records: 7 }])
    .run(async ({ assert, test: self }, { records }) => {
      const { dir, id, facts, file } = await closedLog(self, 20)
      const bytes = await readFile(file())
      const start = HEADER_BYTES + 3 * RECORD
      bytes.fill(0, start, start + records * RECORD)
      await writeFile(file(), bytes)
      const read = await readAll(dir, id, { pageFacts: 2 })
      assert.deepEqual(ids(read.facts), ids([...facts.slice(0, 3), ...facts.slice(3 + records)]))
      assert.lengthOf(read.poison, 1)
    })

  test('damage at the end of an earlier segment is put aside, the next segment is read', async ({
    assert,
    test: self,
  }) => {
    const { dir, id, facts, file } = await closedLog(self, 6, HEADER_BYTES + 3 * RECORD)
    await truncate(file(1), HEADER_BYTES + 2 * RECORD + 50)
    const read = await readAll(dir, id)
    assert.deepEqual(ids(read.facts), ids(facts.filter((_, index) => index !== 2)))
    assert.lengthOf(read.poison, 1)
    assert.lengthOf(read.poison[0]!.bytes, 50)
  })

  test('room that was never written is an end, not damage', async ({ assert, test: self }) => {
    const { dir, id, facts, file } = await closedLog(self, 6, HEADER_BYTES + 3 * RECORD)
    await appendFile(file(1), Buffer.alloc(5_000))
    await appendFile(file(2), Buffer.alloc(5_000))
    const read = await readAll(dir, id)
    assert.deepEqual(ids(read.facts), ids(facts))
    assert.isEmpty(read.poison)
    assert.isTrue(read.isFinished)
  })

  test('what a living writer has not wholly written waits for the rest', async ({ assert, test: self }) => {
    const { dir, id, facts, file } = await closedLog(self, 3)
    const whole = await readFile(file())
    for (const cut of [1, 60, 125, 130]) {
      await writeFile(file(), whole.subarray(0, whole.length - cut))
      const half = await readAll(dir, id, { live: true })
      assert.deepEqual(ids(half.facts), ids(facts.slice(0, 2)))
      assert.isEmpty(half.poison)
      assert.isFalse(half.isFinished)
      await writeFile(file(), whole)
      const rest = await readAll(dir, id, { live: true, from: half.end })
      assert.deepEqual(ids(rest.facts), ids(facts.slice(2)))
    }
  })

  test('a header cut short at byte {size} holds nothing and is no error')
    .with([{ size: 0 }, { size: 1 }, { size: 47 }])
    .run(async ({ assert, test: self }, { size }) => {
      const { dir, id, file } = await closedLog(self, 1)
      await truncate(file(), size)
      for (const live of [true, false]) {
        const read = await readAll(dir, id, { live })
        assert.deepEqual([read.facts, read.poison, read.isFinished], [[], [], !live])
      }
    })

  test('a damaged header is put aside and its records are read', async ({ assert, test: self }) => {
    const { dir, id, facts, file } = await closedLog(self, 3)
    await writeFile(file(), flipped(await readFile(file()), 9))
    const read = await readAll(dir, id)
    assert.deepEqual(ids(read.facts), ids(facts))
    assert.deepEqual(
      read.poison.map((poison) => poison.reason),
      ['bad_header']
    )
  })

  test('a segment of a newer version waits for a newer build', async ({ assert, test: self }) => {
    const { dir, id, file } = await closedLog(self, 3)
    const bytes = await readFile(file())
    bytes.writeUInt16BE(2, 4)
    bytes.writeUInt32BE(crc32c(bytes, 0, 44), 44)
    await writeFile(file(), bytes)
    const read = await readAll(dir, id)
    assert.deepEqual([read.blockedBy, read.facts, read.poison], ['newer_version', [], []])
    assert.isFalse(read.isFinished)
    assert.deepEqual(read.end, START)
  })

  test('a whole record that is no known fact is put aside with its reason', async ({
    assert,
    test: self,
  }) => {
    const { dir, id, facts, file } = await closedLog(self, 3)
    const bytes = await readFile(file())
    const at = HEADER_BYTES + RECORD
    bytes[at + 8 + 1] = 99
    bytes.writeUInt32BE(crc32c(bytes, at + 4, at + RECORD), at)
    await writeFile(file(), bytes)
    const read = await readAll(dir, id)
    assert.deepEqual(ids(read.facts), ids([facts[0]!, facts[2]!]))
    assert.equal(read.poison[0]!.reason, 'unknown_kind')
    assert.equal(read.poison[0]!.source.offset, at)
  })

  test('a log that is gone reads as nothing', async ({ assert }) => {
    const page = await readLog({ id: 'x', path: '/nonexistent', live: true }, START, 10)
    assert.deepEqual([page.facts, page.end, page.isFinished], [[], START, false])
  })
})

test.group('log owner', () => {
  test('{owner} is taken for living: {living}')
    .with([
      { owner: 'this process', change: {}, silentHours: 0, living: true },
      { owner: 'this process, however silent', change: {}, silentHours: 48, living: true },
      {
        owner: 'the pid of a process that started at another time',
        change: { started: '1' },
        silentHours: 0,
        living: false,
      },
      { owner: 'a pid that is gone', change: { pid: 2 ** 22 + 1 }, silentHours: 0, living: false },
      {
        owner: 'a process of another container',
        change: { place: 'other x y' },
        silentHours: 0,
        living: true,
      },
      {
        owner: 'one of another container, silent for a day',
        change: { place: 'other x y' },
        silentHours: 25,
        living: false,
      },
    ])
    .run(async ({ assert, test: self }, { change, silentHours, living }) => {
      const dir = await logDirectory(self)
      const path = join(dir, 'owner')
      await writeFile(path, JSON.stringify({ ...(JSON.parse(ownerText()) as object), ...change }))
      const touched = new Date(Date.now() - silentHours * 3_600_000)
      await utimes(path, touched, touched)
      assert.equal(await hasLivingOwner(dir), living)
    })

  test('no owner file means closed, an unreadable one means in doubt', async ({ assert, test: self }) => {
    const dir = await logDirectory(self)
    assert.isFalse(await hasLivingOwner(dir))
    await writeFile(join(dir, 'owner'), '{')
    assert.isTrue(await hasLivingOwner(dir))
    assert.isTrue((await stat(dir)).isDirectory())
  })

  test('a closed log is dead while its process lives', async ({ assert, test: self }) => {
    const { dir } = await closedLog(self, 1)
    assert.deepEqual(
      (await listLogs(dir)).map((log) => log.live),
      [false]
    )
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at]! ^= 0xff
  return changed
}
