import app from '@adonisjs/core/services/app'
import type { TestContext } from '@japa/runner/core'
import { newId, type Id } from '#modules/kernel/ids'
import { MetricsRegistry } from '#modules/kernel/metrics'
import { Tenancy } from '#modules/kernel/tenancy'
import { SystemClock } from '#modules/kernel/time'
import type { Fact, SettledFact } from '#modules/events/contract'
import { EventsMetrics } from '#modules/events/services/events_metrics'
import { FilterStands } from '#modules/events/services/fact_classifier'
import { PostgresSettledFacts } from '#modules/events/services/settled_facts'
import { LogSettlement, type SettlementParts } from '#modules/events/services/settlement'
import { impression } from '#tests/support/events_arbitraries'
import { logDirectory, openLog } from '#tests/support/event_logs'

/** An organisation and a log directory of its own, so that specs share a database without seeing each other. */
export async function settlementWorld(test: TestContext['test']) {
  const organisationId = newId<'organisation'>()
  const dir = await logDirectory(test)
  const tenancy = await app.container.make(Tenancy)
  const reader = new PostgresSettledFacts(tenancy)
  const start = await lastSeq(tenancy)
  return {
    organisationId,
    dir,
    tenancy,
    reader,
    start,
    parts: (change: Partial<SettlementParts> = {}) => partsOf(tenancy, dir, change),
    fact: (change: Partial<Fact> = {}) => impression({ organisationId, ...change }),
    log: (...options: [object?]) => openLog(test, dir, { windowMs: 0, ...options[0] }).log,
    settlement: (change: Partial<SettlementParts> = {}) => new LogSettlement(partsOf(tenancy, dir, change)),
    /** What was settled for this organisation since the world was made, in order. */
    settled: async (pageFacts = 10_000) => {
      const facts: SettledFact[] = []
      for (let page = await reader.after(start, pageFacts); page.length > 0;) {
        facts.push(...page.filter((fact) => fact.organisationId === organisationId))
        page = await reader.after(page.at(-1)!.seq, pageFacts)
      }
      return facts
    },
    letters: async () => lettersOf(tenancy, organisationId),
  }
}

function partsOf(tenancy: Tenancy, logDir: string, change: Partial<SettlementParts>): SettlementParts {
  return {
    tenancy,
    logDir,
    classifier: new FilterStands(),
    clock: new SystemClock(),
    metrics: new EventsMetrics(new MetricsRegistry()),
    ...change,
  }
}

async function lastSeq(tenancy: Tenancy): Promise<bigint> {
  return tenancy.system(async (trx) => {
    const row = (await trx.from('events_settled').max('seq as last').first()) as { last: string | null }
    return BigInt(row.last ?? 0)
  })
}

export type LetterRow = {
  readonly log_id: string
  readonly reason: string
  readonly payload: Buffer
  readonly organisation_id: string
}

async function lettersOf(tenancy: Tenancy, organisationId: Id<'organisation'>): Promise<LetterRow[]> {
  return tenancy.system(
    async (trx) =>
      (await trx
        .from('events_dead_letters')
        .where('organisation_id', organisationId)
        .orderBy('id')) as LetterRow[]
  )
}
