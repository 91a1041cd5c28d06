import type { ApplicationService } from '@adonisjs/core/types'
import { Clock } from '#modules/kernel/time'
import { Tenancy } from '#modules/kernel/tenancy'
import { EventLog, FactClassifier, SettledFacts, Settlement, TokenCodec } from '#modules/events/contract'
import { EventsMetrics } from '#modules/events/services/events_metrics'
import { KeyRing } from '#modules/events/services/key_ring'
import { KEY_REFRESH_MS, KeyStore } from '#modules/events/services/key_store'
import { DurableLog } from '#modules/events/services/log/durable_log'
import { LogSettlement } from '#modules/events/services/settlement'
import { SettlementRunner } from '#modules/events/services/settlement_runner'
import { hostedModules } from '#config/topology'

/** Processes that settle; edges only append. */
const SETTLING_ROLES = ['all', 'web']

/**
 * Binds the faces of events. In a serving process it also loads the token keys, keeps them fresh, and runs the
 * settlement; when the process ends, the log is closed first and what is in it settled.
 */
export default class EventsProvider {
  private log: DurableLog | null = null
  private runner: SettlementRunner | null = null
  private keyTimer: NodeJS.Timeout | null = null

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(EventsMetrics, () => new EventsMetrics())
    container.singleton(KeyRing, () => new KeyRing())
    container.singleton(KeyStore, async (resolver) => {
      const { default: env } = await import('#start/env')
      const [tenancy, clock] = [await resolver.make(Tenancy), await resolver.make(Clock)]
      return new KeyStore(tenancy, clock, env.get('APP_KEY').release())
    })
    container.singleton(TokenCodec, async (resolver) => {
      const { BinaryTokenCodec } = await import('#modules/events/services/token_codec')
      const ring = await resolver.make(KeyRing)
      await (await resolver.make(KeyStore)).load(ring)
      return new BinaryTokenCodec(ring)
    })
    container.singleton(FactClassifier, async () => {
      const { FilterStands } = await import('#modules/events/services/fact_classifier')
      return new FilterStands()
    })
    container.singleton(EventLog, async (resolver) => this.openLog(await resolver.make(EventsMetrics)))
    container.singleton(SettledFacts, async (resolver) => {
      const { PostgresSettledFacts } = await import('#modules/events/services/settled_facts')
      return new PostgresSettledFacts(await resolver.make(Tenancy))
    })
    container.singleton(LogSettlement, async (resolver) => {
      const { default: delivery } = await import('#config/delivery')
      return new LogSettlement({
        tenancy: await resolver.make(Tenancy),
        classifier: await resolver.make(FactClassifier),
        clock: await resolver.make(Clock),
        metrics: await resolver.make(EventsMetrics),
        logDir: delivery.logDir,
      })
    })
    container.singleton(Settlement, (resolver) => resolver.make(LogSettlement))
  }

  async start() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('events')) return
    await this.app.container.make(TokenCodec)
    await this.keepKeysFresh()
    await this.app.container.make(EventLog)
    if (SETTLING_ROLES.includes(process.env.ROLE ?? 'all')) await this.startRunner()
  }

  /** Providers end in reverse order, so the database is still there. */
  async shutdown() {
    if (this.keyTimer !== null) clearInterval(this.keyTimer)
    await this.log?.close()
    await this.runner?.stop()
  }

  private async openLog(metrics: EventsMetrics): Promise<DurableLog> {
    const { default: delivery } = await import('#config/delivery')
    const { LOG_DEFAULTS } = await import('#modules/events/services/log/durable_log')
    const { logDir, logWindowMs: windowMs, logCapBytes: capBytes } = delivery
    const logger = await this.app.container.make('logger')
    this.log = new DurableLog({ ...LOG_DEFAULTS, logDir, windowMs, capBytes }, metrics, () =>
      this.runner?.wake()
    )
    this.log.onFailure = (error) =>
      logger.error({ err: error }, 'the durable log could not write; facts are refused')
    return this.log
  }

  private async startRunner() {
    const { FactsSettled } = await import('#modules/events/events')
    const logger = await this.app.container.make('logger')
    const settlement = await this.app.container.make(LogSettlement)
    this.runner = new SettlementRunner(settlement, await this.app.container.make(EventsMetrics), {
      onSettled: (count) =>
        void FactsSettled.dispatch(count).catch((error: unknown) =>
          logger.error({ err: error }, 'a listener of settled facts failed; it will look again by itself')
        ),
      onFailure: (error) => logger.warn({ err: error }, 'settlement failed and will be tried again'),
    })
    this.runner.start()
  }

  private async keepKeysFresh() {
    const [ring, store] = [await this.app.container.make(KeyRing), await this.app.container.make(KeyStore)]
    const logger = await this.app.container.make('logger')
    const refresh = () =>
      void store
        .load(ring)
        .catch((error: unknown) => logger.warn({ err: error }, 'token keys were not refreshed'))
    ring.onMissing = refresh
    this.keyTimer = setInterval(refresh, KEY_REFRESH_MS).unref()
  }
}
