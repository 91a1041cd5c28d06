/** The IAB Content Taxonomy 3.1, and the way to it from the versions before. Origin and licence: ORIGIN.md. */
import { readFileSync } from 'node:fs'

type Category = { readonly parent: string; readonly name: string }
type Tables = {
  readonly categories: ReadonlyMap<string, Category>
  /** By `1.0:IAB1-2` or `2.2:379`. */
  readonly older: ReadonlyMap<string, string>
}

/** Values of `cattax` that are content taxonomies. @source AdCOM 1.0, list Category Taxonomies */
const VERSION_OF: ReadonlyMap<number, string> = new Map([
  [1, '1.0'],
  [2, '2.2'],
  [5, '2.2'],
  [6, '2.2'],
  [7, '3.1'],
  [9, '3.1'],
])
export const CONTENT_TAXONOMIES: readonly number[] = [...VERSION_OF.keys()]

let tables: Tables | undefined

function load(): Tables {
  const rows = (file: string) =>
    readFileSync(new URL(file, import.meta.url), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'))
  return {
    categories: new Map(
      rows('./content_3.1.tsv').map(([id, parent, name]) => [id!, { parent: parent!, name: name! }])
    ),
    older: new Map(rows('./older_to_3.1.tsv').map(([version, id, now]) => [`${version}:${id}`, now!])),
  }
}

/** Read at first need: 704 categories, a few milliseconds, once. */
function content(): Tables {
  return (tables ??= load())
}

function inVersion(version: string, id: string): string | null {
  const { categories, older } = content()
  if (version !== '1.0' && categories.has(id)) return id
  return version === '3.1' ? null : (older.get(`${version}:${id}`) ?? null)
}

/**
 * The id in 3.1 of a category that someone writes: `483` (3.1), `IAB17-44` (1.0), or with its version `2.2:483`.
 * Null when there is no such category, or 3.1 has nothing for it.
 */
export function categoryId(word: string): string | null {
  const [, version, id] = /^(?:(1\.0|2\.2|3\.1):)?([A-Za-z0-9-]{1,10})$/.exec(word.trim()) ?? []
  if (id === undefined) return null
  return inVersion(version ?? (id.startsWith('IAB') ? '1.0' : '3.1'), id)
}

/**
 * What a page is about: ids of 3.1, each once, with all parents. Ids that are unknown or have nothing in 3.1 are left out.
 *
 * @param cattax one of CONTENT_TAXONOMIES; any other gives nothing
 */
export function categoriesWithParents(cattax: number, ids: readonly string[]): string[] {
  const version = VERSION_OF.get(cattax)
  const found = new Set<string>()
  if (version === undefined) return []
  for (const id of ids) {
    for (let at = inVersion(version, id); at; at = content().categories.get(at)?.parent ?? null) found.add(at)
  }
  return [...found]
}

/** `Sports › Golf`; null for an id that 3.1 does not have. */
export function categoryName(id: string): string | null {
  const { categories } = content()
  const category = categories.get(id)
  if (!category) return null
  const parent = category.parent && categoryName(category.parent)
  return parent ? `${parent} › ${category.name}` : category.name
}
