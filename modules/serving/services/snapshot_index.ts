import type { ServingSnapshot, SnapshotCreative } from '#modules/campaigns/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'

export type SnapshotIndex = {
  readonly placements: ReadonlyMap<string, SnapshotPlacement>
  readonly creatives: ReadonlyMap<string, SnapshotCreative>
}

/** Goes with the snapshot that it belongs to. */
const indexes = new WeakMap<ServingSnapshot, SnapshotIndex>()

/** Placements and creatives of a snapshot by id; built once per snapshot, when it is first asked for. */
export function indexOf(snapshot: ServingSnapshot): SnapshotIndex {
  let index = indexes.get(snapshot)
  if (index === undefined) {
    index = {
      placements: new Map(snapshot.placements.map((placement) => [placement.id, placement])),
      creatives: new Map(snapshot.creatives.map((creative) => [creative.id, creative])),
    }
    indexes.set(snapshot, index)
  }
  return index
}
