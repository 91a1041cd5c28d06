import { column } from '@adonisjs/lucid/orm'
import { epochColumn, jsonColumn, nanosColumn } from '#modules/kernel/columns'
import type { Id } from '#modules/kernel/ids'
import type { Currency, Nanos } from '#modules/kernel/money'
import { ManagedRecord } from '#modules/kernel/records/managed_record'
import type { EpochMs } from '#modules/kernel/time'
import type { CampaignStatus, FrequencyCap } from '#modules/campaigns/contract'

/** What an advertiser books: a term, a zone and a budget around line items. */
export default class Campaign extends ManagedRecord {
  static override table = 'campaigns_campaigns'
  @column({ isPrimary: true }) declare id: Id<'campaign'>
  @column() declare advertiserId: Id<'advertiser'>
  @column() declare status: CampaignStatus
  /** IANA; days, dayparts and daily budgets go by it. */
  @column() declare timeZone: string
  @epochColumn() declare startsAt: EpochMs
  /** Exclusive; null = open. */
  @epochColumn() declare endsAt: EpochMs | null
  @column() declare currency: Currency
  /** Null = no limit. */
  @nanosColumn() declare budgetTotalNanos: Nanos | null
  /** A day of the zone; null = no limit. */
  @nanosColumn() declare budgetDailyNanos: Nanos | null
  @jsonColumn() declare frequencyCaps: FrequencyCap[]
  /** What its ads are about. */
  @jsonColumn() declare adCategories: string[]
}
