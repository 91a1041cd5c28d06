import { column } from '@adonisjs/lucid/orm'
import { epochColumn, jsonColumn, nanosColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import type { Currency, Nanos } from '#modules/kernel/money'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { EpochMs } from '#modules/kernel/time'
import type { Pacing } from '#modules/campaigns/contract'
import type {
  FrequencyCap,
  Goal,
  LineItemStatus,
  PriceModel,
  Targeting,
  Tier,
  Roadblock,
} from '#modules/campaigns/contract'

/** What delivers: a tier, a price, a goal, a term and whom it is for. */
export default class LineItem extends ManagedRecord {
  static override table = 'campaigns_line_items'
  @column({ isPrimary: true }) declare id: Id<'line_item'>
  @column() declare campaignId: Id<'campaign'>
  /** That of the campaign, which never changes. */
  @column() declare advertiserId: Id<'advertiser'>
  @column() declare status: LineItemStatus
  @column() declare tier: Tier
  @column() declare priceModel: PriceModel | null
  /** Of 1000 impressions (cpm) or of one click (cpc). */
  @nanosColumn() declare priceNanos: Nanos | null
  /** Of price and budgets; null while there is neither. */
  @column() declare currency: Currency | null
  /** Null = no limit but the campaign's. */
  @nanosColumn() declare budgetTotalNanos: Nanos | null
  /** A day of the campaign's zone; null = no limit but the campaign's. */
  @nanosColumn() declare budgetDailyNanos: Nanos | null
  @column() declare goalType: Goal['type'] | null
  @column({ consume: (value: string | null) => (value === null ? null : Number(value)) })
  declare goalQuantity: number | null
  /** Percent of the eligible requests. */
  @column() declare shareOfVoice: number | null
  @column() declare pacing: Pacing
  /** Null = when the campaign starts. */
  @epochColumn() declare startsAt: EpochMs | null
  /** Exclusive; null = when the campaign ends. */
  @epochColumn() declare endsAt: EpochMs | null
  @jsonColumn() declare targeting: Targeting
  @jsonColumn() declare frequencyCaps: FrequencyCap[]
  @jsonColumn() declare exclusionKeys: string[]
  /** Besides those of the campaign. */
  @jsonColumn() declare adCategories: string[]
  @column() declare roadblock: Roadblock
}
