import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { Campaigns } from '#modules/campaigns/contract'
import { Matching } from '#modules/matching/contract'
import { recordAudit } from '#modules/kernel/audit'
import { conflict, invalid, notAllowed } from '#modules/kernel/http/failures'
import { isUuid } from '#modules/kernel/ids'
import { growVersion } from '#modules/kernel/records/versions'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import type { ExternalKind } from '#modules/serving/contract'
import { orderedRows, type ExternalIdRow } from '#modules/serving/services/external_id_rows'

export type ExternalIdInput = {
  readonly kind: ExternalKind
  readonly key: string
  readonly object: string | null
}

const TABLE = 'serving_external_ids'
/** @source PostgreSQL, appendix A: unique_violation */
const UNIQUE_VIOLATION = '23505'
/** Numbers from here on are given by us, so an operator's can never stand in the way of one. */
const LEAST_ASSIGNED = 1_000_000_000
const MOST_IDS = 10_000
const SIZE = /^[1-9]\d{0,3}x[1-9]\d{0,3}$/
/** Clients read these as numbers; the others may also be names. */
const NUMERIC: ReadonlySet<ExternalKind> = new Set([
  'organisation',
  'site',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
])

/** What people see and set of the external ids; the fronts take it over within a second. */
@inject()
export default class ExternalIdAdmin {
  constructor(
    private tenancy: Tenancy,
    private clock: Clock,
    private inventory: Inventory,
    private campaigns: Campaigns,
    private matching: Matching
  ) {}

  /** All ids of the organisation, or those of one kind, ours first. At most 10,000. */
  async list(caller: Principal, kind: ExternalKind | null): Promise<{ data: ExternalIdRow[] }> {
    refuseMembersOfParties(caller)
    const rows = await this.tenancy.view(caller.organisationId, (trx) => orderedRows(trx, kind ?? undefined))
    return { data: rows.slice(0, MOST_IDS) }
  }

  /** Sets, moves or (with `object: null`) removes an id. Ours stay: they may be in use already. */
  async set(caller: Principal, input: ExternalIdInput): Promise<ExternalIdRow | undefined> {
    refuseMembersOfParties(caller)
    refuseKey(input)
    if (input.object !== null) await this.refuseObject(caller, input.kind, input.object)
    try {
      await this.tenancy.transaction(caller.organisationId, (trx) => this.write(trx, caller, input))
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error
      throw conflict('E_EXTERNAL_ID_TAKEN', 'Another organisation of this installation has this id.', 'key')
    }
    const { kind, key, object } = input
    return object === null ? undefined : { kind, key, object, assigned: false }
  }

  private async write(trx: Transaction, caller: Principal, { kind, key, object }: ExternalIdInput) {
    const { organisationId } = caller
    const before = (await trx.from(TABLE).where({ kind, key, assigned: false }).forUpdate().first()) as {
      object: string
    } | null
    await trx.from(TABLE).where({ kind, key, assigned: false }).delete()
    if (object !== null) {
      await trx
        .insertQuery()
        .table(TABLE)
        .insert({
          organisation_id: organisationId,
          kind,
          key,
          object,
          assigned: false,
          created_at: new Date(this.clock.now()),
        })
    }
    const entry = {
      action: object === null ? 'external_id.removed' : 'external_id.set',
      objectType: kind,
      objectId: object ?? before?.object ?? key,
      before: before && { key, object: before.object },
      after: object === null ? null : { key, object },
    }
    await recordAudit(trx, 'serving', caller, [entry], this.clock.now())
    await growVersion(trx, 'serving', organisationId)
  }

  /** What an id stands for must exist, and be of the kind that it says. */
  private async refuseObject(caller: Principal, kind: ExternalKind, object: string): Promise<void> {
    if (kind === 'ad_type') {
      if (!SIZE.test(object)) throw invalid('object', 'size', 'object must be a size such as 300x250.')
      return
    }
    if (!isUuid(object) || !(await this.exists(caller, kind, object))) {
      throw invalid('object', 'exists', `object must be the id of one of your ${kind.replace('_', ' ')}s.`)
    }
  }

  private async exists(
    { organisationId }: Principal,
    kind: Exclude<ExternalKind, 'ad_type'>,
    id: string
  ): Promise<boolean> {
    if (kind === 'organisation') return id === organisationId
    if (kind === 'site' || kind === 'placement') {
      const asked = { sites: kind === 'site' ? [id] : [], placements: kind === 'placement' ? [id] : [] }
      const { sites, placements } = await this.inventory.existing(organisationId, asked)
      return sites.has(id) || placements.has(id)
    }
    if (kind === 'pixel') {
      const { pixels = [] } = this.matching.engine(organisationId)?.snapshot ?? {}
      return pixels.some((pixel) => pixel.id === id)
    }
    const owner = kind === 'publisher' ? this.inventory : this.campaigns
    return (await owner.names(organisationId, [id])).has(id)
  }
}

/** The ids of an organisation show all its supply, so those who see a part of it see none of them. */
function refuseMembersOfParties({ parties }: Principal): void {
  if (parties !== null) throw notAllowed('External ids are for members who see the whole organisation.')
}

function refuseKey({ kind, key }: ExternalIdInput): void {
  const number = /^\d+$/.test(key) ? Number(key) : null
  if (number === null) {
    if (!NUMERIC.has(kind)) return
    throw invalid('key', 'number', `key must be a whole number, because clients read the id of a ${kind} so.`)
  }
  if (number < 1 || number >= LEAST_ASSIGNED || String(number) !== key) {
    throw invalid(
      'key',
      'range',
      `key must be from 1 to ${LEAST_ASSIGNED - 1}; larger numbers are given by us.`
    )
  }
}
