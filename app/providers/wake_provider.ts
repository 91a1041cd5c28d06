import type { ApplicationService } from '@adonisjs/core/types'
import { Wakes } from '#modules/kernel/wake'

/** Binds the wakes of consumers, on a Redis connection of their own, and ends them with the application. */
export default class WakeProvider {
  private made: Wakes | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Wakes, async (resolver) => {
      const [{ default: redis }, logger] = await Promise.all([
        import('#config/redis'),
        resolver.make('logger'),
      ])
      this.made = new Wakes(redis.connections.main, (message) => logger.warn(message))
      return this.made
    })
  }

  async shutdown() {
    await this.made?.close()
  }
}
