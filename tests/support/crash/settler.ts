/** A process that settles what is under a log directory until it is killed or its parent is gone: `settler.ts LOG_DIR FACTS_PER_BATCH SIGN_FILE`. */
import { writeFileSync } from 'node:fs'
import { SystemClock } from '#modules/kernel/time'
import { EventsMetrics } from '#modules/events/services/events_metrics'
import { FilterStands } from '#modules/events/services/fact_classifier'
import { LogSettlement } from '#modules/events/services/settlement'
import { standaloneTenancy } from '#tests/support/standalone_tenancy'

const [logDir, factsPerBatch, signFile] = process.argv.slice(2) as [string, string, string]
const settlement = new LogSettlement({
  tenancy: standaloneTenancy().tenancy,
  classifier: new FilterStands(),
  clock: new SystemClock(),
  metrics: new EventsMetrics(),
  logDir,
  factsPerBatch: Number(factsPerBatch),
})

const parent = process.ppid
while (process.ppid === parent) {
  await settlement.run((taken) => {
    if (taken > 0) writeFileSync(signFile, 'settled')
    return process.ppid === parent
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
}
process.exit()
