/** What a page shows already: line items, and the exclusion keys of them. Grows as its ads are decided. */
export type PageState = { readonly used: Set<string>; readonly keys: Set<string> }
type Kept = PageState & { untilMs: number }

/** A page that asks for nothing for so long is taken for left. */
const KEPT_MS = 30 * 60_000
/** About 50 MB when every page shows ten ads with keys. */
const MOST_PAGES = 50_000

/** Pages of which several calls come, by the id that the page made up; in memory only, the least lately asked go first. */
export class PageMemory {
  readonly #pages = new Map<string, Kept>()

  /** @param most pages kept, at least 1 */
  constructor(private readonly most: number = MOST_PAGES) {}

  get size(): number {
    return this.#pages.size
  }

  /** The state of a page, empty at its first call; one of its own for a call that names no page. */
  open(organisationId: string, pageView: string | null, nowMs: number): PageState {
    if (pageView === null) return { used: new Set(), keys: new Set() }
    const id = `${organisationId} ${pageView}`
    const known = this.#pages.get(id)
    this.#pages.delete(id)
    const page: Kept =
      known !== undefined && known.untilMs > nowMs ? known : { used: new Set(), keys: new Set(), untilMs: 0 }
    page.untilMs = nowMs + KEPT_MS
    this.#forget(nowMs)
    this.#pages.set(id, page)
    return page
  }

  #forget(nowMs: number): void {
    for (const [id, page] of this.#pages) {
      if (page.untilMs > nowMs && this.#pages.size < this.most) return
      this.#pages.delete(id)
    }
  }
}
