/**
 * A process that appends facts until it is killed or its parent is gone: `collector.ts LOG_DIR ORGANISATION HISTORY_FILE`. Writes `a ID` to
 * the history before it appends a fact and `k ID` once the log has acknowledged it; one fact in twenty is appended
 * again later, as trackers are loaded twice. The history is written with plain write(2), which a SIGKILL cannot undo.
 */
import { openSync, writeSync } from 'node:fs'
import type { Id } from '#modules/kernel/ids'
import type { EpochMs } from '#modules/kernel/time'
import type { Fact } from '#modules/events/contract'
import { DurableLog, LOG_DEFAULTS } from '#modules/events/services/log/durable_log'
import { impression } from '#tests/support/events_arbitraries'

const [logDir, organisationId, historyFile] = process.argv.slice(2) as [string, Id<'organisation'>, string]
const history = openSync(historyFile, 'a')
const log = new DurableLog({ ...LOG_DEFAULTS, logDir, segmentBytes: 20_000, windowMs: 0 })
const WAVE = 20
const recent: Fact[] = []

async function append(fact: Fact): Promise<void> {
  writeSync(history, `a ${fact.id}\n`)
  const outcome = await log.append(fact)
  if (outcome.ok) writeSync(history, `k ${fact.id}\n`)
}

function nextFact(): Fact {
  if (recent.length > 0 && Math.random() < 0.05) return recent[Math.floor(Math.random() * recent.length)]!
  const fact = impression({ organisationId, receivedAt: Date.now() as EpochMs })
  recent.push(fact)
  if (recent.length > 200) recent.shift()
  return fact
}

const parent = process.ppid
while (process.ppid === parent) {
  await Promise.all(Array.from({ length: WAVE }, () => append(nextFact())))
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 15))
}
process.exit()
