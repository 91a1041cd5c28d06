import type { ApplicationService } from '@adonisjs/core/types'
import { hostedModules } from '#config/topology'
import { Outboxes } from '#modules/kernel/outbox'
import { Tenancy } from '#modules/kernel/tenancy'
import { PartyDirectory } from '#modules/identity/contract'
import { Inventory, InventoryProvisioning } from '#modules/inventory/contract'
import { publisherLookup } from '#modules/inventory/services/publisher_lookup'

/** Binds the faces of inventory and mounts its routes where the process hosts it. */
export default class InventoryProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(Inventory, async (resolver) => {
      const { default: Local } = await import('#modules/inventory/services/local_inventory')
      return resolver.make(Local)
    })
    this.app.container.singleton(InventoryProvisioning, async (resolver) => {
      const { default: Local } = await import('#modules/inventory/services/provisioning')
      return resolver.make(Local)
    })
  }

  /** Has its news delivered, and lets identity check that a membership's publisher exists. */
  async boot() {
    const { container } = this.app
    if (hostedModules().includes('inventory')) (await container.make(Outboxes)).deliver('inventory')
    const directory = await container.make(PartyDirectory)
    directory.register(
      'publisher',
      publisherLookup(() => container.make(Tenancy))
    )
  }

  async start() {
    if (hostedModules().includes('inventory')) await import('#modules/inventory/routes')
  }
}
