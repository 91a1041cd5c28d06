import { inject } from '@adonisjs/core'
import { PERMISSIONS, type Principal } from '#modules/identity/contract'
import type { Id } from '#modules/kernel/ids'
import { InventoryProvisioning } from '#modules/inventory/contract'
import Placements from '#modules/inventory/services/placements'
import Publishers from '#modules/inventory/services/publishers'
import Sites from '#modules/inventory/services/sites'
import { placementInput, publisherInput, siteInput } from '#modules/inventory/validators/inputs'

/** Seeds supply by the same validators and rules as the API. */
@inject()
export default class LocalInventoryProvisioning extends InventoryProvisioning {
  constructor(
    private publishers: Publishers,
    private sites: Sites,
    private placements: Placements
  ) {
    super()
  }

  async createPublisher(organisationId: Id<'organisation'>, data: Record<string, unknown>) {
    const input = await publisherInput.validate(data)
    return (await this.publishers.create(operator(organisationId), input)).id as Id<'publisher'>
  }

  async createSite(organisationId: Id<'organisation'>, data: Record<string, unknown>) {
    const input = await siteInput.validate(data)
    return (await this.sites.create(operator(organisationId), input)).id as Id<'site'>
  }

  async createPlacement(organisationId: Id<'organisation'>, data: Record<string, unknown>) {
    const input = await placementInput.validate(data)
    return (await this.placements.create(operator(organisationId), input)).id as Id<'placement'>
  }
}

/** Whoever runs the platform: may do everything in the organisation and is nobody in its audit log. */
function operator(organisationId: Id<'organisation'>): Principal {
  const permissions = new Set(PERMISSIONS)
  return { organisationId, personId: null, tokenId: null, role: 'owner', parties: null, permissions }
}
