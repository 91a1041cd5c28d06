import app from '@adonisjs/core/services/app'
import { OutboxDispatcher } from '#modules/kernel/outbox_dispatcher'

/** Delivers what lies in outboxes: only servers do so by themselves, the application of a test run does not. */
export async function deliverNews(): Promise<void> {
  const dispatcher = await app.container.make(OutboxDispatcher)
  await dispatcher.run()
}
