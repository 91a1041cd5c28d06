import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Cursors } from '#modules/kernel/cursors'
import { Sweeper } from '#modules/kernel/sweeper'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { Wakes } from '#modules/kernel/wake'
import { SettledFacts } from '#modules/events/contract'
import { FactsSettled } from '#modules/events/events'
import { Identity } from '#modules/identity/contract'
import { Campaigns, DeliveryState } from '#modules/campaigns/contract'
import { BookDelivered } from '#modules/billing/services/book_delivered'
import { DemandBook } from '#modules/billing/services/demand_book'
import { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { CountTraffic } from '#modules/billing/services/pacing/count_traffic'
import { PacedDeliveryState } from '#modules/billing/services/pacing/paced_delivery_state'

const QUEUE = 'billing.book_delivered'
const SWEEP_MS = 1_000
/** How old what matching knows of delivery and spend may be; part of the bound of overdelivery. */
const REFRESH_MS = 1_000

/** Binds the delivery state that matching reads, books facts where billing is hosted, refreshes where matching is. */
export default class BillingProvider {
  private readonly sweepers: Sweeper[] = []

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(
      DemandBook,
      async (resolver) => new DemandBook(await resolver.make(Campaigns), await resolver.make(Identity))
    )
    container.singleton(
      BookDelivered,
      async (resolver) =>
        new BookDelivered(
          await resolver.make(SettledFacts),
          await resolver.make(Cursors),
          await resolver.make(DemandBook)
        )
    )
    container.singleton(
      LocalDeliveryState,
      async (resolver) =>
        new LocalDeliveryState(
          await resolver.make(Tenancy),
          await resolver.make(DemandBook),
          await resolver.make(Clock)
        )
    )
    container.singleton(
      CountTraffic,
      async (resolver) =>
        new CountTraffic(
          await resolver.make(SettledFacts),
          await resolver.make(Cursors),
          await resolver.make(DemandBook),
          await resolver.make(Clock)
        )
    )
    container.singleton(
      PacedDeliveryState,
      async (resolver) =>
        new PacedDeliveryState(
          await resolver.make(LocalDeliveryState),
          await resolver.make(Campaigns),
          await resolver.make(Tenancy),
          await resolver.make(Clock)
        )
    )
    container.singleton(DeliveryState, (resolver) => resolver.make(PacedDeliveryState))
  }

  /** Before the first request: the first decision already knows what is spent. */
  async start() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('matching')) return
    const state = await this.app.container.make(PacedDeliveryState)
    await state.refresh()
    await this.keep(
      () => state.refresh(),
      REFRESH_MS,
      'the delivery state was not refreshed, the last one stands'
    )
  }

  async ready() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('billing')) return
    const booking = await this.app.container.make(BookDelivered)
    const sweeper = await this.keep(
      () => booking.run(),
      SWEEP_MS,
      'billing could not book delivery, it tries again'
    )
    const counting = await this.app.container.make(CountTraffic)
    const counter = await this.keep(
      () => counting.run(),
      SWEEP_MS,
      'billing could not count traffic for pacing, it tries again'
    )
    const [wakes, emitter] = [await this.app.container.make(Wakes), await this.app.container.make('emitter')]
    emitter.on(FactsSettled, () => {
      sweeper.wake()
      counter.wake()
      wakes.wake(QUEUE)
    })
    wakes.onWake(QUEUE, () => {
      sweeper.wake()
      counter.wake()
    })
  }

  async shutdown() {
    await Promise.all(this.sweepers.map((sweeper) => sweeper.stop()))
  }

  private async keep(work: () => Promise<unknown>, everyMs: number, trouble: string): Promise<Sweeper> {
    const logger = await this.app.container.make('logger')
    const sweeper = new Sweeper({ work, everyMs, onError: (error) => logger.error({ err: error }, trouble) })
    this.sweepers.push(sweeper)
    sweeper.start()
    return sweeper
  }
}
