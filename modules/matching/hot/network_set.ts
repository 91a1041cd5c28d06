/** Networks as sorted ranges that do not touch: an address costs one binary search, however many networks there are. */

/** A range of addresses of one length, both ends inclusive. */
export type AddressRange = { readonly first: Uint8Array; readonly last: Uint8Array }

export class NetworkSet {
  /** Ranges of one length ascending, none overlapping another. */
  constructor(
    private readonly ipv4: readonly AddressRange[],
    private readonly ipv6: readonly AddressRange[]
  ) {}

  /** @param address 4 or 16 bytes */
  has(address: Uint8Array): boolean {
    const ranges = address.length === 4 ? this.ipv4 : this.ipv6
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareBytes(ranges[middle].first, address) <= 0) low = middle + 1
      else high = middle
    }
    return low > 0 && compareBytes(address, ranges[low - 1].last) <= 0
  }
}

/** Below 0, 0 or above 0; both have the same length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return a[at] - b[at]
  return 0
}
