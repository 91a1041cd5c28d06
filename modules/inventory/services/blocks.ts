import type { Blocks } from '#modules/inventory/contract'

/** All three lists, empty ones included, as the API answers them. */
export function blocksJson({ blocks }: { readonly blocks: Partial<Blocks> }): Blocks {
  return {
    advertisers: blocks.advertisers ?? [],
    categories: blocks.categories ?? [],
    domains: blocks.domains ?? [],
  }
}

/** What publisher, site and placement block together; null when nothing. */
export function blocksTogether(parts: readonly Partial<Blocks>[]): Blocks | null {
  const all = (name: keyof Blocks) => [...new Set(parts.flatMap((part) => part[name] ?? []))].sort()
  const together = { advertisers: all('advertisers'), categories: all('categories'), domains: all('domains') }
  return Object.values(together).every((list) => list.length === 0) ? null : together
}
