import type { CampaignStatus, CampaignSummary } from '#modules/campaigns/contract'

type Dated = { readonly status: CampaignStatus; readonly startsAt: number; readonly endsAt: number | null }

/** What a status means at `now`: an active campaign is scheduled, live or ended. */
export function phaseOf({ status, startsAt, endsAt }: Dated, now: number): CampaignSummary['phase'] {
  if (status !== 'active') return status
  if (now < startsAt) return 'scheduled'
  return endsAt !== null && endsAt <= now ? 'ended' : 'live'
}
