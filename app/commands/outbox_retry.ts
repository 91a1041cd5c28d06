import { BaseCommand } from '@adonisjs/core/ace'
import { OutboxDispatcher } from '#modules/kernel/outbox_dispatcher'

/** `node ace outbox:retry`: news that was given up is delivered again by the running server. Prints JSON. */
export default class OutboxRetry extends BaseCommand {
  static override commandName = 'outbox:retry'
  static override description = 'Try again to deliver news that was given up after too many attempts'
  static override options = { startApp: true }

  override async run() {
    const dispatcher = await this.app.container.make(OutboxDispatcher)
    process.stdout.write(`${JSON.stringify({ retried: await dispatcher.retryStuck() })}\n`)
  }
}
