import type { ApplicationService } from '@adonisjs/core/types'
import { Cursors } from '#modules/kernel/cursors'
import { Clock, SystemClock } from '#modules/kernel/time'
import { Random, SystemRandom } from '#modules/kernel/random'
import { Tenancy } from '#modules/kernel/tenancy'

/** Binds clock, random source, the transaction helper and the cursors of consumers. */
export default class KernelProvider {
  constructor(protected app: ApplicationService) {}
  register() {
    this.app.container.singleton(Clock, () => new SystemClock())
    this.app.container.singleton(Random, () => new SystemRandom())
    this.app.container.singleton(Tenancy, async (resolver) => new Tenancy(await resolver.make('lucid.db')))
    this.app.container.singleton(Cursors, async (resolver) => new Cursors(await resolver.make(Tenancy)))
  }
}
