import type { ApplicationService } from '@adonisjs/core/types'
import { Clock, SystemClock } from '#modules/kernel/time'
import { Random, SystemRandom } from '#modules/kernel/random'
import { Tenancy } from '#modules/kernel/tenancy'

/** Binds clock, random source and the transaction helper. */
export default class KernelProvider {
  constructor(protected app: ApplicationService) {}
  register() {
    this.app.container.singleton(Clock, () => new SystemClock())
    this.app.container.singleton(Random, () => new SystemRandom())
    this.app.container.singleton(Tenancy, async (resolver) => new Tenancy(await resolver.make('lucid.db')))
  }
}
