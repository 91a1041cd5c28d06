/** The rules of line items that need no database. */
import { allInvalid, type FieldFault } from '#modules/kernel/records/refusals'
import type Campaign from '#modules/campaigns/models/campaign'
import type LineItem from '#modules/campaigns/models/line_item'

type Booked = Pick<
  LineItem,
  | 'tier'
  | 'priceModel'
  | 'priceNanos'
  | 'budgetTotalNanos'
  | 'budgetDailyNanos'
  | 'goalType'
  | 'shareOfVoice'
  | 'startsAt'
  | 'endsAt'
>
type Term = Pick<Campaign, 'startsAt' | 'endsAt'>

/** What each tier demands and forbids, drafts included. @source docs/architecture §5, the tiers */
export function checkTier(line: Booked): void {
  const faults: FieldFault[] = []
  const fault = (field: string, code: string, what: string) =>
    faults.push({ field, code, detail: `The ${field} field of a ${line.tier} line item ${what}` })
  if (line.tier === 'sponsorship') {
    if (line.shareOfVoice === null) fault('shareOfVoice', 'required', 'must be given: 1 to 100 percent')
    if (line.goalType !== null) fault('goal', 'tier', 'must be absent: it books a share of voice')
  } else if (line.shareOfVoice !== null) fault('shareOfVoice', 'tier', 'must be absent')
  if (line.tier === 'standard' && line.goalType === null) {
    fault('goal', 'required', 'must be given: it is a guaranteed number')
  }
  if (line.tier === 'house') {
    if (line.priceNanos !== null) fault('price', 'tier', 'must be absent')
    if (line.budgetTotalNanos !== null) fault('budgetTotal', 'tier', 'must be absent: it costs nothing')
    if (line.budgetDailyNanos !== null) fault('budgetDaily', 'tier', 'must be absent: it costs nothing')
  }
  if (line.tier === 'price_priority' && line.priceNanos === 0n) {
    fault('price.amount', 'positive', 'must be more than zero: it competes by price')
  }
  if (faults.length > 0) throw allInvalid(faults)
}

/** The later start and the earlier end of line item and campaign; end exclusive, null = open. */
export function runningTime(line: Pick<LineItem, 'startsAt' | 'endsAt'>, campaign: Term): Term {
  const startsAt =
    line.startsAt !== null && line.startsAt > campaign.startsAt ? line.startsAt : campaign.startsAt
  const endsAt =
    line.endsAt !== null && (campaign.endsAt === null || line.endsAt < campaign.endsAt)
      ? line.endsAt
      : campaign.endsAt
  return { startsAt, endsAt }
}

/** A line item must end after it starts and share at least a moment with its campaign. */
export function checkTerm(line: Booked, campaign: Term): void {
  const faults: FieldFault[] = []
  const { startsAt, endsAt } = runningTime(line, campaign)
  if (line.startsAt !== null && line.endsAt !== null && line.endsAt <= line.startsAt) {
    faults.push({ field: 'endsAt', code: 'after_start', detail: 'The endsAt field must be after startsAt' })
  } else if (endsAt !== null && endsAt <= startsAt) {
    const field = line.startsAt !== null && line.startsAt >= endsAt ? 'startsAt' : 'endsAt'
    const detail = `The ${field} field must leave a time within the campaign, which runs from ${iso(campaign.startsAt)} to ${campaign.endsAt === null ? 'an open end' : iso(campaign.endsAt)}`
    faults.push({ field, code: 'within_campaign', detail })
  }
  if (faults.length > 0) throw allInvalid(faults)
}

/** What an active line item must not lack besides a creative. */
export function lacking(line: Booked, campaign: Term): FieldFault[] {
  const missing: FieldFault[] = []
  if (line.tier !== 'house' && line.priceNanos === null) {
    missing.push({ field: 'price', code: 'required', detail: 'A price must be set' })
  }
  if (line.tier === 'standard' && runningTime(line, campaign).endsAt === null) {
    const detail = 'An end must be set, here or on the campaign: a guaranteed number needs a last day'
    missing.push({ field: 'endsAt', code: 'required', detail })
  }
  return missing
}

const iso = (at: number) => new Date(at).toISOString()
