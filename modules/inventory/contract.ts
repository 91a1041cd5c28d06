/** Supply: publishers, their sites and apps, and the placements in them. */
import type { CpmMicros } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { Principal } from '#modules/identity/contract'

export type Size = { readonly width: number; readonly height: number }

/** What a publisher does not want to show. Domains are landing pages, their subdomains included. */
export type Blocks = {
  readonly advertisers: readonly string[]
  readonly categories: readonly string[]
  readonly domains: readonly string[]
}

/** A placement as decisions need it. */
export type SnapshotPlacement = {
  readonly id: Id<'placement'>
  readonly name: string
  readonly siteId: Id<'site'>
  readonly publisherId: Id<'publisher'>
  /** False: answers no ad (archived or paused placement, site or publisher). */
  readonly active: boolean
  readonly mediaType: 'banner'
  /** At least one; the first is the size reserved when the request names none. */
  readonly sizes: readonly Size[]
  /** Least eCPM in the organisation's currency; 0 when there is none. House ads are not bound by it. */
  readonly floorMicros: CpmMicros
  /** Ids of the IAB Content Taxonomy 3.1 that its site is about, parents included; absent = none said. */
  readonly categories?: readonly string[]
  /** Shown when nothing serves: nothing, or a colour block with a link of the publisher. */
  readonly fallback: { readonly type: 'none' } | { readonly type: 'markup'; readonly markup: string }
  /** Those of publisher, site and placement together; absent: none. */
  readonly blocks?: Blocks
}

/** All placements of an organisation. `version` grows with each change. */
export type InventorySection = { readonly placements: readonly SnapshotPlacement[] }

export type SiteRef = {
  readonly id: Id<'site'>
  readonly name: string
  readonly publisherId: Id<'publisher'>
}

/** Module face. Owns inventory_* tables. */
export abstract class Inventory {
  /** Number that grows with every change of the organisation's inventory. */
  abstract versions(): Promise<ReadonlyMap<Id<'organisation'>, number>>
  abstract section(organisationId: Id<'organisation'>): Promise<{ version: number; data: InventorySection }>
  /** Which of these sites and placements exist in the organisation; for checking links. */
  abstract existing(
    organisationId: Id<'organisation'>,
    ids: { sites: readonly string[]; placements: readonly string[] }
  ): Promise<{ sites: ReadonlySet<string>; placements: ReadonlySet<string> }>
  /** Names by id, for screens and reports; ids that are unknown are absent. */
  abstract names(
    organisationId: Id<'organisation'>,
    ids: readonly string[]
  ): Promise<ReadonlyMap<string, string>>
  /** Placements that a principal may see: null means all of its organisation. */
  abstract visiblePlacements(principal: Principal): Promise<readonly Id<'placement'>[] | null>
}

/** Seeding; the same rules as the API. */
export abstract class InventoryProvisioning {
  abstract createPublisher(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>
  ): Promise<Id<'publisher'>>
  abstract createSite(organisationId: Id<'organisation'>, data: Record<string, unknown>): Promise<Id<'site'>>
  abstract createPlacement(
    organisationId: Id<'organisation'>,
    data: Record<string, unknown>
  ): Promise<Id<'placement'>>
}
