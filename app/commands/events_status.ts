import { BaseCommand } from '@adonisjs/core/ace'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { logStatus } from '#modules/events/services/log_status'
import delivery from '#config/delivery'

/** `node ace events:status`: the durable logs of this host, one JSON object a line, then one line for all of them. */
export default class EventsStatus extends BaseCommand {
  static override commandName = 'events:status'
  static override description =
    'Show the durable logs of this host, how far they are settled, and the lag, as JSON'
  static override options = { startApp: true }

  override async run() {
    const [tenancy, clock] = [await this.app.container.make(Tenancy), await this.app.container.make(Clock)]
    const status = await logStatus(tenancy, delivery.logDir, clock.now())
    for (const log of status.logs) process.stdout.write(`${JSON.stringify(log)}\n`)
    const { logs, ...total } = status
    process.stdout.write(`${JSON.stringify({ logDir: delivery.logDir, logs: logs.length, ...total })}\n`)
  }
}
