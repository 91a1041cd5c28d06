import { inject } from '@adonisjs/core'
import type { Principal } from '#modules/identity/contract'
import { Inventory } from '#modules/inventory/contract'
import { Campaigns } from '#modules/campaigns/contract'
import { ManagedCollection } from '#modules/kernel/records/managed_collection'
import { PLAIN_LIFE } from '#modules/kernel/records/lifecycle'
import { statusJson } from '#modules/kernel/records/managed_record'
import { notFound, partyRefused } from '#modules/kernel/records/refusals'
import type { Query, Work } from '#modules/kernel/records/work'
import { Tenancy, type Transaction } from '#modules/kernel/tenancy'
import { Clock } from '#modules/kernel/time'
import Segment from '#modules/audiences/models/segment'
import { countMembers } from '#modules/audiences/services/member_rows'
import { epochAt } from '#modules/audiences/services/references'
import { segmentLists, type SegmentInput } from '#modules/audiences/validators/segment'

const DEFAULT_DAYS = 30
/** Fewer people than this are not counted: a size must not tell whether one person is in. */
const FEWEST_COUNTED = 10

/** Segments as the API makes and changes them. They belong to the organisation: people of a party see none. */
@inject()
export default class Segments extends ManagedCollection<Segment, SegmentInput, Principal> {
  protected readonly module = 'audiences'
  protected readonly kind = 'segment'
  protected readonly life = PLAIN_LIFE
  protected readonly lists = segmentLists

  constructor(
    tenancy: Tenancy,
    clock: Clock,
    private inventory: Inventory,
    private campaigns: Campaigns
  ) {
    super(tenancy, clock)
  }

  protected query(trx: Transaction) {
    return Segment.query({ client: trx })
  }
  protected blank() {
    return new Segment()
  }
  protected scope(query: Query<Segment>, caller: Principal) {
    return caller.parties === null ? query : query.whereRaw('false')
  }

  /** What a rule names lies with other modules; whether it exists is asked before the transaction. */
  protected override async gather({ organisationId }: Principal, { rule }: Partial<SegmentInput>) {
    if (!rule) return
    const known =
      rule.event === 'visited'
        ? await this.placements(organisationId, rule.ids)
        : await this.demand(organisationId)
    const position = rule.ids.findIndex((id) => !known.has(id))
    if (position !== -1) {
      throw notFound(rule.event === 'visited' ? 'placement' : 'line_item', `rule.ids.${position}`)
    }
  }

  private async placements(organisationId: Principal['organisationId'], ids: readonly string[]) {
    const { placements } = await this.inventory.existing(organisationId, { sites: [], placements: [...ids] })
    return placements as ReadonlySet<string>
  }

  private async demand(organisationId: Principal['organisationId']): Promise<ReadonlySet<string>> {
    const lines = await this.campaigns.lineItemsOf(organisationId, {})
    return new Set(lines.flatMap((line) => [line.id as string, line.campaignId as string]))
  }

  protected async represent(trx: Transaction, rows: readonly Segment[]) {
    const now = this.clock.now()
    const ids = rows.map((row) => row.id)
    const sizes = await countMembers(trx, ids, epochAt(now), now)
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      expiresAfterDays: row.expiresAfterDays,
      rule: row.rule,
      size: sizeText(sizes.get(row.id) ?? 0),
      ...statusJson(row),
    }))
  }

  protected async apply({ caller }: Work<Principal, void>, row: Segment, input: Partial<SegmentInput>) {
    if (!row.$isPersisted && caller.parties !== null) throw partyRefused(this.kind)
    row.merge({ name: input.name ?? row.name })
    row.merge({ expiresAfterDays: input.expiresAfterDays ?? row.expiresAfterDays ?? DEFAULT_DAYS })
    if (input.rule !== undefined) row.merge({ rule: input.rule })
    else if (!row.$isPersisted) row.merge({ rule: null })
  }
}

/** `<10`, else rounded down to tens. */
export function sizeText(members: number): string {
  if (members < FEWEST_COUNTED) return `<${FEWEST_COUNTED}`
  return String(members - (members % FEWEST_COUNTED))
}
