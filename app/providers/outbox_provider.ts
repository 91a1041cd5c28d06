import type { ApplicationService } from '@adonisjs/core/types'
import { onNews, Outboxes } from '#modules/kernel/outbox'
import { OutboxDispatcher } from '#modules/kernel/outbox_dispatcher'
import { Sweeper } from '#modules/kernel/sweeper'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { Wakes } from '#modules/kernel/wake'

const QUEUE = 'kernel.deliver_news'
/** Bounds how late news is that a process without a dispatcher left, and how late a retry is. */
const SWEEP_MS = 1_000

/** Binds the dispatcher of outboxes and keeps it running in servers that host modules with an outbox. */
export default class OutboxProvider {
  private end: (() => Promise<void>) | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Outboxes, () => new Outboxes())
    this.app.container.singleton(
      OutboxDispatcher,
      async (resolver) =>
        new OutboxDispatcher(
          await resolver.make(Tenancy),
          await resolver.make(Clock),
          await resolver.make(Outboxes),
          await resolver.make('logger')
        )
    )
  }

  /** By now every module has said what it sends and hears. */
  async ready() {
    const { container } = this.app
    const outboxes = await container.make(Outboxes)
    if (this.app.getEnvironment() !== 'web' || outboxes.modules.length === 0) return
    const [dispatcher, wakes, logger] = [
      await container.make(OutboxDispatcher),
      await container.make(Wakes),
      await container.make('logger'),
    ]
    const sweeper = new Sweeper({
      work: () => dispatcher.run(),
      everyMs: SWEEP_MS,
      onError: (error) => logger.error({ err: error }, 'outboxes could not be read, they are tried again'),
    })
    const unwatch = onNews(() => {
      sweeper.wake()
      wakes.wake(QUEUE)
    })
    wakes.onWake(QUEUE, () => sweeper.wake())
    this.end = async () => {
      unwatch()
      dispatcher.stop()
      await sweeper.stop()
    }
    sweeper.start()
  }

  async shutdown() {
    await this.end?.()
  }
}
