import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@japa/runner'
import { listLogs } from '#modules/events/services/log/directory'
import { killInRounds } from '#tests/support/crash/driver'
import { readHistories, violationsOf, type History, type SettledRow } from '#tests/support/crash/history'
import { recordFigure, scaled } from '#tests/support/figures'
import { settlementWorld } from '#tests/support/settlements'

/** Never fewer than ten kills of each kind; a hundred at full size. */
const ROUNDS = scaled(100, 10)
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

test.group('kill -9', () => {
  test('nothing acknowledged is missing and nothing counts twice, whoever is killed whenever', async ({
    assert,
    test: self,
  }) => {
    const world = await settlementWorld(self)
    const historyDir = await mkdtemp(join(tmpdir(), 'placard-crash-'))
    self.cleanup(() => rm(historyDir, { recursive: true, force: true }))
    const { organisationId, dir: logDir } = world
    const { histories, kills } = await killInRounds({
      logDir,
      historyDir,
      organisationId,
      rounds: ROUNDS,
      seed: SEED,
    })
    const left = await world.settlement().run()
    const history = await readHistories(histories)
    const settled = await world.settled()
    const acknowledged = sum(history.acknowledged)
    process.stdout.write(
      `      seed ${SEED}: ${kills.collectors} collectors and ${kills.settlers} settlers killed; ` +
        `${sum(history.appended)} appended, ${acknowledged} acknowledged, ${settled.length} rows settled, ${left} at the end\n`
    )
    recordFigure('facts acknowledged under kill -9', acknowledged)
    recordFigure('kill -9 of collectors and settlers', kills.collectors + kills.settlers)
    assert.isEmpty(violationsOf(history, settled).slice(0, 5))
    assert.isAbove(acknowledged, ROUNDS * 20)
    assert.isTrue(settled.some((fact) => fact.filter === 'duplicate'))
    assert.isEmpty(await listLogs(logDir), 'logs of dead processes are removed once they are settled')
    assert.isEmpty(await world.letters())
  }).timeout(300_000)
})

test.group('the check of a history', () => {
  const history: History = {
    appended: new Map([['a', 2], ['b', 1], ['c', 1]]), // prettier-ignore
    acknowledged: new Map([['a', 2], ['b', 1]]), // prettier-ignore
  }
  const good: SettledRow[] = [
    { id: 'a', filter: null, count: 1 },
    { id: 'a', filter: 'duplicate', count: 1 },
    { id: 'b', filter: null, count: 1 },
  ]

  test('accepts a sound one, with or without what was never acknowledged', ({ assert }) => {
    assert.isEmpty(violationsOf(history, good))
    assert.isEmpty(violationsOf(history, [...good, { id: 'c', filter: null, count: 1 }]))
  })

  test('{planted} is found')
    .with([
      { planted: 'a lost fact', rows: good.slice(0, 2), says: 'b was acknowledged and is missing' },
      { planted: 'a lost repeat', rows: [good[0]!, good[2]!], says: 'a was acknowledged 2 times, settled 1' },
      {
        planted: 'a fact counted twice',
        rows: [...good.slice(1), good[0]!, good[0]!],
        says: 'a counts 2 times',
      },
      {
        planted: 'a fact that was only a repeat',
        rows: good.slice(1),
        says: 'a was acknowledged and is missing',
      },
      {
        planted: 'an invented fact',
        rows: [...good, { id: 'x', filter: null, count: 1 }],
        says: 'x was appended 0 times, settled 1',
      },
      {
        planted: 'an invented repeat',
        rows: [...good, { id: 'b', filter: 'duplicate', count: 1 }],
        says: 'b was appended 1 times, settled 2',
      },
    ])
    .run(({ assert }, { rows, says }) => {
      assert.include(violationsOf(history, rows), says)
    })
})

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
