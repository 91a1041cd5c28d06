/** What people with bad intentions send, and what may come back. */
import type { Management } from '#tests/support/management'
import { createDemand, createSupply, markupCreative, pricedLine } from '#tests/support/demand'
import { newId } from '#modules/kernel/ids'

export type Schema = {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
}
export type Operation = {
  readonly method: string
  /** As the document has it: `/api/v1/sites/{id}`. */
  readonly path: string
  /** `sites` of `/api/v1/sites/{id}`. */
  readonly segment: string
  readonly isPublic: boolean
  readonly body: Schema | null
  readonly query: readonly string[]
}
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body when it is JSON, else an empty object. */
  readonly json: Readonly<Record<string, unknown>>
}
export type Sent = {
  readonly token?: string
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Base of the server under test. */
export const origin = () => `http://${process.env.HOST}:${process.env.PORT}`

export async function send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { token, body, type = 'application/json', headers = {} } = sent
  const response = await fetch(origin() + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} }
}

/** Every operation of the management API, as its own document describes it. */
export async function operations(): Promise<Operation[]> {
  type Described = {
    security?: unknown[]
    requestBody?: { content: Record<string, { schema: Schema }> }
    parameters?: { name: string; in: string }[]
  }
  const { json } = await send('GET', '/api/v1/openapi.json')
  const paths = Object.entries(json.paths as Record<string, Record<string, Described>>)
  return paths.flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, described]) => ({
      method: verb.toUpperCase(),
      path,
      segment: path.split('/')[3]!,
      isPublic: described.security?.length === 0,
      body: described.requestBody?.content['application/json']?.schema ?? null,
      query: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
    }))
  )
}

/** What is wrong with the answer to bad input; null when nothing is. */
export function faultOf(answer: Answer, allowed: readonly number[]): string | null {
  const { status, headers, text, json } = answer
  const said = `${status} ${text.slice(0, 300)}`
  if (!allowed.includes(status)) return `answered ${said}`
  if (headers.has('set-cookie')) return `set a cookie: ${said}`
  if (/\bat .*\.(ts|js):\d+|node:internal|node_modules/.test(text)) return `shows a stack: ${said}`
  if (!/^application\/problem\+json/.test(headers.get('content-type') ?? '')) return `is no problem: ${said}`
  if (json.status !== status || typeof json.code !== 'string' || !/^E_[A-Z_]+$/.test(json.code)) {
    return `has no code: ${said}`
  }
  const named = typeof json.field === 'string' && json.field !== ''
  return status === 422 && !named ? `names no field: ${said}` : null
}

/** JSON texts that are wrong for every operation, with the statuses that may answer them. */
export const WRONG_BODIES: readonly (readonly [string, Sent, readonly number[]])[] = [
  ['cut off', { body: '{"name":"x"' }, [400]],
  ['no JSON', { body: 'nonsense' }, [400]],
  ['number', { body: '5' }, [400, 422]],
  ['text', { body: '"text"' }, [400, 422]],
  ['null', { body: 'null' }, [400, 422]],
  ['list of scalars', { body: '[1,"x",null]' }, [400, 422]],
  ['trailing comma', { body: '{"name":"x",}' }, [400]],
  ['UTF-16', { body: new Uint8Array(Buffer.from('\ufeff{"name":"x"}', 'utf16le')) }, [400, 422]],
  ['XML', { body: '<name>x</name>', type: 'text/xml' }, [415]],
  ['plain text', { body: '{"name":"x"}', type: 'text/plain' }, [415]],
  ['a form', { body: 'name=x&name=y', type: 'application/x-www-form-urlencoded' }, [415]],
  ['gzip that is none', { body: 'junk', headers: { 'content-encoding': 'gzip' } }, [400]],
  ['Brotli that is none', { body: 'junk', headers: { 'content-encoding': 'br' } }, [400]],
  ['an unknown encoding', { body: '{}', headers: { 'content-encoding': 'zip' } }, [415]],
  ['2 MB', { body: `{"name":"${'x'.repeat(2_000_000)}"}` }, [413]],
]

/** Values that a property of this schema cannot have. */
export function wrongValues({ type, enum: words, oneOf }: Schema): unknown[] {
  const types = new Set([type].flat())
  if (words) return ['no such word', 5, {}, ['x'], true, '__proto__']
  if (oneOf) return ['x', 5, [], { type: 'no such type' }, { type: { $ne: 1 } }]
  if (types.has('string')) return [5, true, {}, ['x'], 'a\u0000b', '\ud800', 'x'.repeat(100_000)]
  if (types.has('integer')) return ['1', 1.5, -1, 1e308, true, {}, [1]]
  if (types.has('boolean')) return ['x', 5, {}, ['x']]
  if (types.has('array')) return ['x', 5, true, { length: 1, 0: 'x' }, [null], [[]]]
  return ['x', 5, true, ['x']]
}

/** Every property of a body, with its path from the top: `['price', 'amount']`. */
export function propertiesOf(
  schema: Schema,
  at: readonly (string | number)[] = []
): [(string | number)[], Schema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    [[...at, name], property] as [(string | number)[], Schema],
    ...propertiesOf(property, [...at, name]),
    ...(property.items ? propertiesOf(property.items, [...at, name, 0]) : []),
  ])
}

/** A copy of `body` with `value` at `path`; what is missing on the way is made. */
export function withValue(body: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const copy = Array.isArray(body) ? [...body] : { ...(body as object) }
  const inner = (copy as Record<string | number, unknown>)[key] ?? (typeof rest[0] === 'number' ? [] : {})
  return Object.assign(copy, { [key]: rest.length === 0 ? value : withValue(inner, rest, value) })
}

export type Furnished = {
  /** Id of one object of each collection. */
  readonly ids: Readonly<Record<string, string>>
  /** A body that the collection's POST accepts. */
  bodyOf(segment: string): Record<string, unknown>
}

/** One of everything in an organisation. */
export async function furnish(
  api: Management,
  own: { organisation: string; person: string; token: string }
): Promise<Furnished> {
  const { publisher, site, placement } = await createSupply(api)
  const { advertiser, campaign, creative } = await createDemand(api)
  const line = await api.create('line-items', pricedLine(campaign.id, creative.id))
  const pixel = await api.create('pixels', { advertiserId: advertiser.id, name: 'Pixel' })
  const segment = await api.create('segments', { name: 'Segment' })
  const bodies: Record<string, () => Record<string, unknown>> = {
    advertisers: () => ({ name: 'Name' }),
    publishers: () => ({ name: 'Name' }),
    sites: () => ({ publisherId: publisher.id, name: 'Name', domain: 'news.example' }),
    placements: () => ({ siteId: site.id, name: 'Name', sizes: [{ width: 300, height: 250 }] }),
    campaigns: () => ({ advertiserId: advertiser.id, name: 'Name' }),
    creatives: () => markupCreative(advertiser.id),
    'line-items': () => pricedLine(campaign.id, creative.id),
    people: () => ({
      name: 'Name',
      email: `${newId()}@example.test`,
      password: 'correct horse battery',
      role: 'viewer',
    }),
    tokens: () => ({ name: 'Name', scopes: ['reports'] }),
    pixels: () => ({ advertiserId: advertiser.id, name: 'Name' }),
    segments: () => ({ name: 'Name', rule: { event: 'visited', ids: [placement.id] } }),
    'external-ids': () => ({ kind: 'ad_type', key: 'sidebar', object: '300x250' }),
  }
  return {
    ids: {
      advertisers: advertiser.id,
      publishers: publisher.id,
      sites: site.id,
      placements: placement.id,
      campaigns: campaign.id,
      creatives: creative.id,
      'line-items': line.id,
      pixels: pixel.id,
      segments: segment.id,
      organisations: own.organisation,
      people: own.person,
      tokens: own.token,
    },
    bodyOf: (name) => bodies[name]?.() ?? {},
  }
}
