import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { auditRecorded } from '#modules/kernel/audit'
import { IdempotencyStore } from '#modules/kernel/http/idempotency'
import { Outboxes } from '#modules/kernel/outbox'
import { Tenancy } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import { Identity, IdentityProvisioning, PartyDirectory } from '#modules/identity/contract'
import { OrganisationUpdated } from '#modules/identity/events'
import type { IdentityServices } from '#modules/identity/services/assembly'

const HOUSEKEEPING_MS = 3_600_000

/** Binds identity, mounts its routes, hears what belongs in the audit log, and removes what is past its retention. */
export default class IdentityProvider {
  private services: Promise<IdentityServices> | undefined
  private housekeeping: NodeJS.Timeout | undefined

  constructor(protected app: ApplicationService) {}

  register() {
    const { container } = this.app
    container.singleton(PartyDirectory, () => new PartyDirectory())
    container.singleton(Identity, async () => (await this.assembled()).identity)
    container.singleton(IdentityProvisioning, async () => (await this.assembled()).provisioning)
    container.singleton(IdempotencyStore, async () => (await this.assembled()).idempotency)
  }

  async boot() {
    const outboxes = await this.app.container.make(Outboxes)
    if (hostedModules().includes('identity')) outboxes.deliver('identity')
    outboxes.on(auditRecorded, async (news) => (await this.assembled()).auditInbox.take(news))
    outboxes.on(OrganisationUpdated.kind, ({ organisationId, data }) =>
      OrganisationUpdated.dispatch(organisationId, data.changed, data.at)
    )
  }

  async start() {
    if (!hostedModules().includes('identity')) return
    const { mountIdentity } = await import('#modules/identity/routes/index')
    mountIdentity(() => this.assembled())
  }

  ready() {
    if (this.app.getEnvironment() !== 'web' || !hostedModules().includes('identity')) return
    this.housekeeping = setInterval(() => void this.clean(), HOUSEKEEPING_MS)
    this.housekeeping.unref()
  }

  shutdown() {
    clearInterval(this.housekeeping)
  }

  private assembled(): Promise<IdentityServices> {
    return (this.services ??= this.assemble())
  }

  private async assemble(): Promise<IdentityServices> {
    const { assemble } = await import('#modules/identity/services/assembly')
    const { default: env } = await import('#start/env')
    const { container } = this.app
    return assemble({
      tenancy: await container.make(Tenancy),
      clock: await container.make(Clock),
      directory: await container.make(PartyDirectory),
      appKey: env.get('APP_KEY').release(),
    })
  }

  private async clean() {
    const logger = await this.app.container.make('logger')
    try {
      const services = await this.assembled()
      logger.info(
        { removed: await services.housekeeping.run() },
        'identity: removed rows past their retention'
      )
    } catch (error) {
      logger.error(
        { err: error },
        'identity: could not remove rows past their retention; tried again in an hour'
      )
    }
  }
}
