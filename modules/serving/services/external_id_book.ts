import { isUuid, type Id } from '#modules/kernel/ids'
import type { Tenancy } from '#modules/kernel/tenancy'
import type { ServingSnapshot } from '#modules/campaigns/contract'
import type { Matching } from '#modules/matching/contract'
import { ExternalIds, type ExternalKind, type ExternalTarget } from '#modules/serving/contract'
import {
  assignNumbers,
  rowsOf,
  versionsOf,
  type ExternalIdRow,
  type Unnumbered,
} from '#modules/serving/services/external_id_rows'

/** Largest id that clients with signed 32-bit numbers can read. */
const MAX_NUMBER = 2_147_483_647
const NUMBER = /^[1-9]\d{0,9}$/

type Page = {
  readonly version: string
  /** By kind and key. */
  readonly targets: ReadonlyMap<string, string>
  /** By kind and object: what clients are shown. */
  readonly numbers: ReadonlyMap<string, number>
  /** Kind and object of those that have a number of ours. */
  readonly assigned: ReadonlySet<string>
}

/** External ids of all organisations in memory; `refresh` follows the tables and numbers what snapshots bring. */
export class ExternalIdBook extends ExternalIds {
  private pages = new Map<string, Page>()
  private targets = new Map<string, ExternalTarget>()
  private readonly numbered = new Map<string, ServingSnapshot>()

  constructor(
    private readonly tenancy: Tenancy,
    private readonly matching: Matching
  ) {
    super()
  }

  find(kind: Exclude<ExternalKind, 'ad_type'>, key: string): ExternalTarget | null {
    return this.targets.get(at(kind, key)) ?? null
  }

  sizeOf(organisationId: string, adType: string): string | null {
    return this.pages.get(organisationId)?.targets.get(at('ad_type', adType)) ?? null
  }

  numberOf(organisationId: string, kind: ExternalKind, object: string): number | undefined {
    return this.pages.get(organisationId)?.numbers.get(at(kind, object))
  }

  /** Reads what has changed since, then gives numbers to the objects of snapshots that it has not seen yet. */
  async refresh(): Promise<void> {
    await this.load()
    let assigned = false
    for (const { snapshot } of this.matching.engines()) {
      if (this.numbered.get(snapshot.organisationId) === snapshot) continue
      const missing = this.missingOf(snapshot)
      if (missing.length > 0) await assignNumbers(this.tenancy, snapshot.organisationId, missing)
      this.numbered.set(snapshot.organisationId, snapshot)
      assigned ||= missing.length > 0
    }
    if (assigned) await this.load()
  }

  private async load(): Promise<void> {
    let changed = false
    for (const [organisationId, version] of await versionsOf(this.tenancy)) {
      if (this.pages.get(organisationId)?.version === version) continue
      const rows = await rowsOf(this.tenancy, organisationId as Id<'organisation'>)
      this.pages.set(organisationId, pageOf(version, rows))
      changed = true
    }
    if (changed) this.targets = targetsOf(this.pages)
  }

  private missingOf(snapshot: ServingSnapshot): Unnumbered[] {
    const known = this.pages.get(snapshot.organisationId)?.assigned
    return [...objectsOf(snapshot)].flatMap(([place, one]) => (known?.has(place) ? [] : [one]))
  }
}

function at(kind: string, key: string): string {
  return `${kind}:${key}`
}

/** Later rows win a number, so the operator's last one is what clients are shown. */
function pageOf(version: string, rows: readonly ExternalIdRow[]): Page {
  const [targets, numbers] = [new Map<string, string>(), new Map<string, number>()]
  const assigned = new Set<string>()
  for (const { kind, key, object, assigned: ours } of rows) {
    targets.set(at(kind, key), object)
    if (ours) assigned.add(at(kind, object))
    if (NUMBER.test(key) && Number(key) <= MAX_NUMBER) numbers.set(at(kind, object), Number(key))
  }
  return { version, targets, numbers, assigned }
}

function targetsOf(pages: ReadonlyMap<string, Page>): Map<string, ExternalTarget> {
  const targets = new Map<string, ExternalTarget>()
  for (const [organisationId, page] of pages) {
    for (const [place, object] of page.targets) {
      if (!place.startsWith('ad_type:')) targets.set(place, { organisationId, object })
    }
  }
  return targets
}

/** Every object of a snapshot that a client may be shown, by kind and id. */
function objectsOf(snapshot: ServingSnapshot): Map<string, Unnumbered> {
  const found = new Map<string, Unnumbered>()
  const add = (kind: ExternalKind, object: string) => {
    if (isUuid(object)) found.set(at(kind, object), { kind, object })
  }
  add('organisation', snapshot.organisationId)
  for (const placement of snapshot.placements) {
    add('publisher', placement.publisherId)
    add('site', placement.siteId)
    add('placement', placement.id)
  }
  for (const lineItem of snapshot.lineItems) {
    add('advertiser', lineItem.advertiserId)
    add('campaign', lineItem.campaignId)
    add('line_item', lineItem.id)
  }
  for (const creative of snapshot.creatives) add('creative', creative.id)
  return found
}
