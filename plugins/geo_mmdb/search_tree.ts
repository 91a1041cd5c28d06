/** Bits of the longest address: no path from the root is longer. */
const MAX_DEPTH = 128
const UNSEEN = 0
const OPEN = 1
const DONE = 2

export type TreeShape = { readonly nodeCount: number; readonly recordSize: number; readonly ipVersion: 4 | 6 }

/** The binary search tree of a database. @source MaxMind DB File Format 2.0, Binary Search Tree Section */
export type SearchTree = {
  /**
   * Pointer of the record for an address; 0 when there is none, and for an IPv6 address in a tree of IPv4.
   * @param address 4 or 16 bytes; IPv4 in a tree of IPv6 is looked up below `::/96`
   */
  find(address: Uint8Array): number
  /**
   * Looks at every node that can be reached and gives the pointers of all records, each once, ascending.
   * @throws Error when a node leads outside of the data, or to itself over any number of others
   */
  dataPointers(dataBytes: number, separatorBytes: number): number[]
}

/** @param file holds at least the whole tree, from its first byte */
export function readTree(file: Buffer, shape: TreeShape): SearchTree {
  const side = sideReader(file, shape.recordSize)
  const { nodeCount, ipVersion } = shape
  const ipv4Root = ipVersion === 4 ? 0 : descend(side, nodeCount, 0, new Uint8Array(12))
  return {
    find(address) {
      if (address.length === 16 && ipVersion === 4) return 0
      const node = descend(side, nodeCount, address.length === 4 ? ipv4Root : 0, address)
      return node > nodeCount ? node : 0
    },
    dataPointers: (dataBytes, separatorBytes) =>
      survey(side, nodeCount, { first: nodeCount + separatorBytes, bytes: dataBytes }),
  }
}

type SideReader = (node: number, right: number) => number

/** Follows the bits of an address from a node on; stops at a record, at "nothing here", or when no bit is left. */
function descend(side: SideReader, nodeCount: number, from: number, address: Uint8Array): number {
  let node = from
  for (let bit = 0; bit < address.length * 8 && node < nodeCount; bit++) {
    node = side(node, (address[bit >> 3]! >> (7 - (bit & 7))) & 1)
  }
  return node
}

/** Reads one record of a node by the database's record size in bits: 24, 28 or 32. */
function sideReader(file: Buffer, recordSize: number): SideReader {
  if (recordSize === 24) {
    return (node, right) => {
      const at = node * 6 + right * 3
      return (file[at]! << 16) | (file[at + 1]! << 8) | file[at + 2]!
    }
  }
  if (recordSize === 32) return (node, right) => file.readUInt32BE(node * 8 + right * 4)
  return (node, right) => {
    const at = node * 7
    const high = right ? file[at + 3]! & 0x0f : file[at + 3]! >> 4
    const rest = at + right * 4
    return (high << 24) | (file[rest]! << 16) | (file[rest + 1]! << 8) | file[rest + 2]!
  }
}

/** Walks the tree in depth, each node once; a node met again while it is still open closes a loop. */
function survey(side: SideReader, nodeCount: number, data: { first: number; bytes: number }): number[] {
  const state = new Uint8Array(nodeCount)
  const path = new Int32Array(MAX_DEPTH + 1)
  const next = new Uint8Array(MAX_DEPTH + 1)
  const pointers = new Set<number>()
  let depth = 0
  state[0] = OPEN
  while (depth >= 0) {
    const node = path[depth]!
    if (next[depth] === 2) {
      state[node] = DONE
      depth--
      continue
    }
    const value = side(node, next[depth]!++)
    if (value === nodeCount) continue
    if (value > nodeCount) {
      if (value < data.first || value >= data.first + data.bytes) {
        throw new Error(`has a damaged search tree: node ${node} leads outside of the data`)
      }
      pointers.add(value)
      continue
    }
    if (state[value] === OPEN) {
      throw new Error(`has a damaged search tree: node ${node} leads back to node ${value}`)
    }
    if (state[value] !== UNSEEN) continue
    if (++depth > MAX_DEPTH) {
      throw new Error('has a damaged search tree: it is deeper than an address has bits')
    }
    state[value] = OPEN
    path[depth] = value
    next[depth] = 0
  }
  return [...pointers].sort((left, right) => left - right)
}
