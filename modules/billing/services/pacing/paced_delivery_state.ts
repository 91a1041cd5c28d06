import { setImmediate } from 'node:timers/promises'
import type { Id } from '#modules/kernel/ids'
import type { Tenancy } from '#modules/kernel/tenancy'
import { DAY_MS, QUARTER_MS, utcDay, type Clock } from '#modules/kernel/time'
import { DeliveryState, type Campaigns, type DeliveryStateSection } from '#modules/campaigns/contract'
import type { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { Pacer, type Deliveries } from '#modules/billing/services/pacing/pacer'
import { LEARN_MS } from '#modules/billing/services/pacing/traffic_curve'

/** Zones reach from 12 hours behind UTC to 14 ahead. */
const DAYS_KEPT_MS = 2 * DAY_MS
const NOTHING = { impressions: 0, viewable: 0, clicks: 0, spend: 0 }

type DayCounts = { impressions: number; viewable: number; clicks: number; spend: number }
type Known = {
  readonly pacer: Pacer
  /** Of the snapshot. */
  version: number
  /** What `section` was made of. */
  plain: DeliveryStateSection | null
  section: DeliveryStateSection | null
}
type DayRow = {
  line_item_id: string
  day: string
  currency: string
  impressions: string
  viewable: string
  clicks: string
  spend_nanos: string
  revision: string
}
type QuarterRow = { organisation_id: string; placement_id: string; quarter: Date; requests: string }

/** The delivery state with pass shares of pacing, in the memory of a process that decides. */
export class PacedDeliveryState extends DeliveryState {
  private readonly known = new Map<string, Known>()
  /** By line item, day and currency. */
  private readonly days = new Map<string, DayCounts>()
  private traffic = new Map<string, Map<string, Map<number, number>>>()
  private readQuarter = Number.NaN
  private readRevision = -1n

  constructor(
    private readonly plain: LocalDeliveryState,
    private readonly campaigns: Pick<Campaigns, 'versions' | 'compile'>,
    private readonly tenancy: Tenancy,
    private readonly clock: Clock
  ) {
    super()
  }

  /** As of the last `refresh`; `pacing` is absent when nothing is held back. */
  current(organisationId: Id<'organisation'>): DeliveryStateSection {
    const plain = this.plain.current(organisationId)
    const known = this.known.get(organisationId)
    if (!known?.section) return plain
    // Delivery and spend are never older than the plain state has them, even where pacing could not be worked out.
    if (known.plain !== plain) compose(known, plain, known.section.pacing)
    return known.section
  }

  /**
   * Refreshes delivery and spend, then the pass shares of every organisation.
   * @throws AggregateError when organisations cannot be paced; the others have been
   */
  async refresh(): Promise<void> {
    await this.plain.refresh()
    const now = this.clock.now()
    await this.readDays(now)
    await this.readTraffic(now)
    const versions = await this.campaigns.versions()
    for (const id of this.known.keys()) {
      if (!versions.has(id as Id<'organisation'>)) this.known.delete(id)
    }
    const failures: unknown[] = []
    for (const [id, version] of versions) {
      try {
        this.publish(id, await this.knownOf(id, version), now)
      } catch (error) {
        failures.push(error)
      }
      await setImmediate()
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, 'organisations that keep their last pass shares')
    }
  }

  private async knownOf(id: Id<'organisation'>, version: number): Promise<Known> {
    const known = this.known.get(id)
    if (known?.version === version) return known
    const fresh = known ?? { pacer: new Pacer(), version, plain: null, section: null }
    fresh.pacer.take(await this.campaigns.compile(id))
    fresh.version = version
    this.known.set(id, fresh)
    return fresh
  }

  private publish(id: Id<'organisation'>, known: Known, now: number): void {
    const plain = this.plain.current(id)
    const { pacer } = known
    const deliveries: Deliveries = {
      lifetime: plain.delivered,
      day: (day, lineItem) => this.days.get(`${lineItem} ${day} ${pacer.currencyCode}`) ?? NOTHING,
    }
    const pacing = pacer.shares(now, this.traffic.get(id) ?? new Map(), deliveries)
    if (pacing.size > 0) compose(known, plain, pacing)
    else if (known.section?.pacing !== undefined || known.plain !== plain) compose(known, plain, undefined)
  }

  private async readDays(now: number): Promise<void> {
    const oldest = utcDay(now - DAYS_KEPT_MS)
    const rows = await this.tenancy.system(
      async (trx) =>
        (await trx
          .from('billing_pace_days')
          .where('revision', '>', this.readRevision.toString())
          .where('day', '>=', oldest)
          .select('line_item_id', trx.raw('day::text as day'), 'currency')
          .select('impressions', 'viewable', 'clicks', 'spend_nanos', 'revision')) as DayRow[]
    )
    for (const row of rows) {
      this.days.set(`${row.line_item_id} ${row.day} ${row.currency}`, {
        impressions: Number(row.impressions),
        viewable: Number(row.viewable),
        clicks: Number(row.clicks),
        spend: Number(row.spend_nanos),
      })
      if (BigInt(row.revision) > this.readRevision) this.readRevision = BigInt(row.revision)
    }
    for (const key of this.days.keys()) if (key.split(' ')[1] < oldest) this.days.delete(key)
  }

  /** Once a quarter hour. */
  private async readTraffic(now: number): Promise<void> {
    const quarter = Math.floor(now / QUARTER_MS)
    if (quarter === this.readQuarter) return
    const rows = await this.tenancy.system(
      async (trx) =>
        (await trx
          .from('billing_traffic_quarters')
          .where('quarter', '>=', new Date(now - LEARN_MS - 2 * DAY_MS))
          .select('organisation_id', 'placement_id', 'quarter', 'requests')) as QuarterRow[]
    )
    const traffic: typeof this.traffic = new Map()
    for (const { organisation_id: organisation, placement_id: placement, quarter: at, requests } of rows) {
      const placements = traffic.get(organisation) ?? new Map<string, Map<number, number>>()
      traffic.set(organisation, placements)
      const quarters = placements.get(placement) ?? new Map<number, number>()
      placements.set(placement, quarters)
      quarters.set(at.getTime(), Number(requests))
    }
    this.traffic = traffic
    this.readQuarter = quarter
  }
}

/** A new section, whose version grows whichever of its two parts has changed. */
function compose(known: Known, plain: DeliveryStateSection, pacing: DeliveryStateSection['pacing']): void {
  const version = Math.max(plain.version, (known.section?.version ?? 0) + 1)
  known.plain = plain
  known.section = pacing === undefined ? { ...plain, version } : { ...plain, version, pacing }
}
