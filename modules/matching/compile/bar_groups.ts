import type { CandidateIndex } from '#modules/matching/hot/candidate_index'

/** Line items by what a cap or a page can bar them by; made when the first request needs it. */
export type BarGroups = {
  /** By id of an advertiser, a campaign or a line item: numbers of line items. */
  readonly byOwner: ReadonlyMap<string, readonly number[]>
  /** By id of a creative: positions in `index.matches`. */
  readonly byCreative: ReadonlyMap<string, readonly number[]>
  readonly byKey: ReadonlyMap<string, readonly number[]>
  /** By position in `index.matches`: the number of the line item. */
  readonly lineOf: Uint32Array
}

const made = new WeakMap<CandidateIndex, BarGroups>()

/** The groups of an index; the same object each time. */
export function barGroupsOf(index: CandidateIndex): BarGroups {
  let groups = made.get(index)
  if (groups === undefined) made.set(index, (groups = group(index)))
  return groups
}

function group(index: CandidateIndex): BarGroups {
  const byOwner = new Map<string, number[]>()
  const byCreative = new Map<string, number[]>()
  const byKey = new Map<string, number[]>()
  const lineOf = new Uint32Array(index.matches.length)
  index.lineItems.forEach((lineItem, line) => {
    if (lineItem === null) return
    for (const id of [lineItem.id, lineItem.campaignId, lineItem.advertiserId]) put(byOwner, id, line)
    for (const key of lineItem.exclusionKeys ?? []) put(byKey, key, line)
    for (let at = index.creativeStart[line]; at < index.creativeStart[line + 1]; at++) {
      put(byCreative, index.matches[at].creative.id, at)
      lineOf[at] = line
    }
  })
  return { byOwner, byCreative, byKey, lineOf }
}

function put(into: Map<string, number[]>, key: string, value: number): void {
  const list = into.get(key)
  if (list === undefined) into.set(key, [value])
  else list.push(value)
}
