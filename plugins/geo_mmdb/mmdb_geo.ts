import { readFileSync, statSync } from 'node:fs'
import { GeoLookup, type Geo, type GeoDimension } from '#modules/context/contract'
import { parseIp } from '#modules/kernel/ip_address'
import { NOT_PUBLIC } from '#modules/kernel/networks'
import { PluginError } from '#modules/kernel/plugin'
import { openChecked, type CheckedDatabase } from '#plugins/geo_mmdb/mmdb_check'
import { dimensionsOf, NOWHERE, readRecord, traitsOf } from '#plugins/geo_mmdb/geo_record'

const PLUGIN = 'geo_mmdb'
/** Read records kept; the default database has 251, a city database some 100,000. */
const KEPT_RECORDS = 4_096
/** Larger files would not fit a buffer's offsets as the format counts them. */
const MAX_FILE_BYTES = 2 ** 31

export type OpenOptions = { readonly attribution?: string | null; readonly publicOnly?: boolean }

/** Geo look-up in a file of MaxMind's format, held in memory. */
export class MmdbGeo extends GeoLookup {
  readonly dimensions: ReadonlySet<GeoDimension>
  private readonly kept = new Map<number, Geo>()

  private constructor(
    private readonly database: CheckedDatabase,
    private readonly publicOnly: boolean,
    readonly attribution: string | null
  ) {
    super()
    this.dimensions = dimensionsOf(database.fields)
  }

  /**
   * @param publicOnly the file places private and reserved addresses somewhere, which then is not believed
   * @throws PluginError that names the plugin and the file
   */
  static open(path: string, { attribution = null, publicOnly = false }: OpenOptions = {}): MmdbGeo {
    try {
      if (statSync(path).size > MAX_FILE_BYTES) throw new Error(`is larger than ${MAX_FILE_BYTES} bytes`)
      return new MmdbGeo(openChecked(readFileSync(path)), publicOnly, attribution)
    } catch (cause) {
      throw new PluginError(PLUGIN, `${path} ${reasonOf(cause)}`, cause)
    }
  }

  /** Cost: below 1 µs, whether the record was read before or not. */
  lookup(address: string): Geo {
    const pointer = this.pointerOf(address)
    if (pointer === 0) return NOWHERE
    const known = this.kept.get(pointer)
    if (known) return known
    const geo = readRecord(this.database.record(pointer))
    if (this.kept.size >= KEPT_RECORDS) this.kept.clear()
    this.kept.set(pointer, geo)
    return geo
  }

  override listsOf(address: string): readonly string[] {
    const pointer = this.pointerOf(address)
    return pointer === 0 ? [] : traitsOf(this.database.record(pointer))
  }

  private pointerOf(address: string): number {
    const bytes = parseIp(address)
    if (!bytes || (this.publicOnly && NOT_PUBLIC.has(bytes))) return 0
    return this.database.tree.find(bytes)
  }
}

/** The end of a sentence that begins with the file's name. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'cannot be read'
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'does not exist'
  return code ? `cannot be read (${code})` : cause.message
}
