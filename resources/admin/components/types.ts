import type { Money } from './format.ts'

/** Plain JSON that pages and islands receive; the app maps contracts to it. */
export type Totals = {
  requests: number
  impressions: number
  viewable: number
  clicks: number
  spend: Money
  filtered: number
}
export type Slot = { at: number; impressions: number; clicks: number }
export type Live = {
  zone: string
  asOf: number
  totals: Totals
  previous: Totals
  slots: Slot[]
}
export type CampaignRow = {
  id: string
  name: string
  advertiserName: string
  phase: 'draft' | 'scheduled' | 'live' | 'paused' | 'ended' | 'archived'
  startsAt: number
  endsAt: number | null
  timeZone: string
  budgetTotal: Money | null
  budgetDaily: Money | null
  lineItemCount: number
  today: { impressions: number; clicks: number; spend: Money } | null
}
