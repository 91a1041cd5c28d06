/** Ad requests made from real bid requests and real user agents; what they lack is drawn, from a seed, from the other. */
import { readFileSync } from 'node:fs'
import { type Random, SeededRandom } from '#modules/kernel/random'
import { fixtureRows } from '#tests/support/fixture_rows'

export type RealRequest = {
  /** Id of the row that it was made from. */
  readonly source: string
  readonly url: string | null
  readonly referrer: string | null
  readonly keywords: readonly string[]
  readonly userAgent: string
  readonly ip: string
  readonly language: string | null
  readonly sizes: readonly { readonly width: number; readonly height: number }[]
  readonly properties: Readonly<Record<string, string>>
}

type Format = { w?: number; h?: number }
type Row = {
  id: string
  request: {
    site?: { page?: unknown; ref?: unknown; keywords?: unknown; cat?: unknown }
    app?: { bundle?: unknown; keywords?: unknown }
    device?: { ua?: unknown; ip?: unknown; ipv6?: unknown; language?: unknown }
    imp?: { banner?: Format & { format?: Format[] }; tagid?: unknown }[]
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function keywordsOf(value: unknown): string[] {
  return (text(value) ?? '')
    .split(',')
    .map((word) => word.trim().slice(0, 100))
    .filter(Boolean)
    .slice(0, 20)
}

function sizesOf(row: Row): { width: number; height: number }[] {
  const formats = (row.request.imp ?? []).flatMap(({ banner }) =>
    banner ? [banner, ...(banner.format ?? [])] : []
  )
  return formats.flatMap(({ w, h }) =>
    Number.isInteger(w) && Number.isInteger(h) && w! > 0 && h! > 0 ? [{ width: w!, height: h! }] : []
  )
}

/** An absolute http(s) address; publishers often write it without the scheme. */
function pageOf(value: unknown): string | null {
  const page = text(value)
  if (!page) return null
  const whole = /^https?:\/\//.test(page) ? page : `https://${page}`
  return URL.canParse(whole) ? whole : null
}

/** A public IPv4 address, for rows whose own is a documentation address or missing. */
function drawnAddress(random: Random): string {
  const octet = () => random.uint32() % 256
  for (;;) {
    const first = 1 + (random.uint32() % 222)
    if (![10, 100, 127, 169, 172, 192, 198, 203].includes(first)) {
      return `${first}.${octet()}.${octet()}.${1 + (random.uint32() % 254)}`
    }
  }
}

/**
 * An endless stream of requests: rows in turn, each time with another reader where the row names none.
 * The same seed gives the same stream.
 */
export function* realRequests(seed: number): Generator<RealRequest> {
  const random = new SeededRandom(seed)
  const rows = fixtureRows<Row>('openrtb/requests.jsonl')
  const mix = new URL('../../resources/demo/traffic/mix.json', import.meta.url)
  const { humans, bots } = JSON.parse(readFileSync(mix, 'utf8')) as { humans: string[]; bots: string[] }
  const agents = [...humans, ...bots]
  const languages = ['en', 'de', 'es', 'fr', 'pt', 'it', 'nl', 'sv', null]
  for (let turn = 0; ; turn++) {
    const row = rows[turn % rows.length]!
    const { site, app, device } = row.request
    const named = text(device?.ua)
    const sizes = sizesOf(row)
    const bundle = text(app?.bundle)
    yield {
      source: row.id,
      url: pageOf(site?.page),
      referrer: pageOf(site?.ref),
      keywords: keywordsOf(site?.keywords ?? app?.keywords),
      userAgent:
        named?.startsWith('Mozilla/') && turn < rows.length
          ? named
          : agents[random.uint32() % agents.length]!,
      ip:
        turn < rows.length
          ? (text(device?.ip) ?? text(device?.ipv6) ?? drawnAddress(random))
          : drawnAddress(random),
      language: text(device?.language) ?? languages[random.uint32() % languages.length] ?? null,
      sizes,
      properties: bundle ? { bundle: bundle.slice(0, 200) } : {},
    }
  }
}
