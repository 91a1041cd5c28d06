import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fact } from '#modules/events/contract'
import type { TestContext } from '@japa/runner/core'
import { MetricsRegistry } from '#modules/kernel/metrics'
import { EventsMetrics } from '#modules/events/services/events_metrics'
import { Disk } from '#modules/events/services/log/disk'
import { DurableLog, LOG_DEFAULTS, type LogOptions } from '#modules/events/services/log/durable_log'
import { listLogs } from '#modules/events/services/log/directory'
import { START, readLog, type LogPosition, type PoisonRecord } from '#modules/events/services/log/reader'

/** A directory for logs that goes away with the test. */
export async function logDirectory(test: TestContext['test']): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'placard-log-'))
  test.cleanup(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A log with metrics of its own, closed with the test. */
export function openLog(
  test: TestContext['test'],
  logDir: string,
  options: Partial<LogOptions> = {},
  disk: Disk = new Disk()
): { log: DurableLog; metrics: EventsMetrics } {
  const metrics = new EventsMetrics(new MetricsRegistry())
  const log = new DurableLog({ ...LOG_DEFAULTS, logDir, ...options }, metrics, () => {}, disk)
  test.cleanup(() => log.close())
  return { log, metrics }
}

/** Reads one log page by page to where it ends now. */
export async function readAll(
  logDir: string,
  logId: string,
  { from = START, pageFacts = 1_000, live }: { from?: LogPosition; pageFacts?: number; live?: boolean } = {}
): Promise<{
  facts: Fact[]
  poison: PoisonRecord[]
  end: LogPosition
  isFinished: boolean
  blockedBy: string | null
}> {
  const found = (await listLogs(logDir)).find(({ id }) => id === logId)
  if (found === undefined) throw new Error(`no log ${logId}`)
  const log = { ...found, live: live ?? found.live }
  const all = { facts: [] as Fact[], poison: [] as PoisonRecord[] }
  for (let position = from; ;) {
    const page = await readLog(log, position, pageFacts)
    all.facts.push(...page.facts.map((fact) => fact.plain()))
    all.poison.push(...page.poison)
    const stood = page.end.segment === position.segment && page.end.offset === position.offset
    position = page.end
    if (stood || page.isFinished) {
      return { ...all, end: page.end, isFinished: page.isFinished, blockedBy: page.blockedBy }
    }
  }
}
