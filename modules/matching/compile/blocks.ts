import type { SnapshotCreative, SnapshotLineItem } from '#modules/campaigns/contract'
import type { Blocks } from '#modules/inventory/contract'

/**
 * Whether a publisher blocks a line item: by advertiser, by one of its categories, or by the landing page of one of its
 * creatives. One blocked landing page bars the whole line item, so that no other choice of creative can show it.
 */
export function isBlocked(
  { advertisers, categories, domains }: Blocks,
  { advertiserId, adCategories = [] }: SnapshotLineItem,
  creatives: readonly SnapshotCreative[]
): boolean {
  if (advertisers.includes(advertiserId)) return true
  if (adCategories.some((category) => categories.includes(category))) return true
  if (domains.length === 0) return false
  return creatives.some((creative) => isWithin(hostOf(creative), domains))
}

const hosts = new WeakMap<SnapshotCreative, string>()

/** Read once per creative: a snapshot asks for each placement that blocks domains. */
function hostOf(creative: SnapshotCreative): string {
  let host = hosts.get(creative)
  if (host === undefined) hosts.set(creative, (host = URL.parse(creative.landingUrl)?.hostname ?? ''))
  return host
}

function isWithin(host: string, domains: readonly string[]): boolean {
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
}
