/** A process that rolls up and books in small pages until it is killed: `node … roll_up_process.ts FACTS_PER_PAGE`. */
import 'reflect-metadata'
import { Cursors } from '#modules/kernel/cursors'
import { SystemClock } from '#modules/kernel/time'
import { PostgresSettledFacts } from '#modules/events/services/settled_facts'
import { RollUp } from '#modules/reporting/services/roll_up'
import { standaloneTenancy } from '#tests/support/standalone_tenancy'

const { tenancy } = standaloneTenancy()
const rollUp = new RollUp(
  new PostgresSettledFacts(tenancy),
  new Cursors(tenancy),
  new SystemClock(),
  Number(process.argv[2])
)
process.stdout.write('rolling\n')
for (;;) await rollUp.run()
