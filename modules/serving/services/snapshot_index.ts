import type { ServingSnapshot, SnapshotCreative, SnapshotPixel } from '#modules/campaigns/contract'
import type { SnapshotPlacement } from '#modules/inventory/contract'

export type SnapshotIndex = {
  readonly placements: ReadonlyMap<string, SnapshotPlacement>
  readonly creatives: ReadonlyMap<string, SnapshotCreative>
  readonly pixels: ReadonlyMap<string, SnapshotPixel>
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
      pixels: new Map((snapshot.pixels ?? []).map((pixel) => [pixel.id, pixel])),
    }
    indexes.set(snapshot, index)
  }
  return index
}
