import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Script } from 'node:vm'
import { test } from '@japa/runner'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { countOf } from '#tests/support/delivery_world'
import { frontWorld, LANDING_URL, type FrontWorld } from '#tests/support/front_world'
import { origin } from '#tests/support/hostile'

type Request = {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}
type Recorded = { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown }
type Exchange = { readonly about: string; readonly request: Request; readonly response: Recorded }
export type FrontUnderTest = {
  /** Folder below `tests/fixtures/fronts`. */
  readonly name: string
  /** Asks for one ad as the front's clients do, and finds in the answer what they would call. */
  readonly ad: (
    world: FrontWorld,
    call: (request: Request) => Promise<Response>
  ) => Promise<{ impressionUrl: string; clickUrl: string }>
}

const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'access-control-allow-origin',
  'x-content-type-options',
]
const HOSTILE = [
  `"><script>alert(1)</script>`,
  `</script><script>alert(1)</script>`,
  `';alert(1)//`,
  `javascript:alert(1)`,
  `https://evil.example/`,
  `//evil.example/\r\nset-cookie: a=b`,
  `{{7*7}}\${7*7}`,
  `\u0000\u2028\ud800`,
  `__proto__`,
  `constructor`,
  '-1',
  '1e309',
  '99999999999999999999',
  `${'1|'.repeat(500)}`,
  'A'.repeat(5000),
  `' or 1=1--`,
  '../../../etc/passwd',
] as const

/** What every compatibility front promises, over HTTP; its dialect is what the recorded exchanges say. */
export function compatibilityFront({ name, ad }: FrontUnderTest): void {
  const folder = `tests/fixtures/fronts/${name}`
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
  let made: Promise<FrontWorld> | null = null
  const open = () => (made ??= frontWorld())
  const exchanges = files.map((file) => ({ file, ...read(`${folder}/${file}`) }))

  test.group(`front ${name}: recorded exchanges`, () => {
    test('{about}')
      .with(exchanges)
      .run(async ({ assert }, { file, about, request, response }) => {
        const { values } = await open()
        const answer = await call(filled(request, values))
        const actual = await recorded(answer, values)
        if (process.env.RECORD === '1') {
          return writeFileSync(
            `${folder}/${file}`,
            `${JSON.stringify({ about, request, response: actual }, null, 2)}\n`
          )
        }
        assert.deepEqual(actual, response)
      })
  })

  test.group(`front ${name}`, () => {
    test('an ad counts once however often its pixel is called, and its click leads to the landing page', async ({
      assert,
    }) => {
      // A world of its own: image tags among the exchanges count impressions too.
      const world = await frontWorld()
      const { impressionUrl, clickUrl } = await ad(world, call)
      for (let times = 0; times < 3; times++) {
        assert.equal((await call({ method: 'GET', path: pathOf(impressionUrl) })).status, 200)
      }
      const click = await call({ method: 'GET', path: pathOf(clickUrl) })
      assert.equal(click.status, 302)
      assert.equal(click.headers.get('location'), LANDING_URL)
      const facts = await world.world.facts({ request: 1, impression: 1, click: 1 })
      for (const kind of ['request', 'impression', 'click'] as const) {
        const valid = facts.filter(({ filter }) => filter === null)
        assert.equal(countOf(valid, kind), 1, kind)
      }
    })

    test('hostile values are never a fault of the server, never markup or script, never a way elsewhere', async ({
      assert,
    }) => {
      const { values } = await open()
      for (const { request } of exchanges) {
        for (const changed of changes(filled(request, values))) {
          const answer = await call(changed)
          const about = `${changed.method} ${changed.path} ${JSON.stringify(changed.query ?? changed.body)}`
          assert.isBelow(answer.status, 500, about)
          assert.isNull(answer.headers.get('set-cookie'), about)
          assert.notInclude(hostOf(answer.headers.get('location')), 'evil.example', about)
          assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', about)
          const text = await answer.text()
          const type = answer.headers.get('content-type') ?? ''
          if (!/json/.test(type)) assert.notInclude(text, '<script>alert', about)
          // A value may come back as a string in a script or in JSON, but not as a part of a document.
          if (/html/.test(type)) assert.notInclude(text, 'evil.example', about)
          if (/javascript/.test(type)) assert.doesNotThrow(() => new Script(text), about)
          assert.notMatch(text, /"stack"|node_modules|at .*\.ts:/, about)
        }
      }
    }).timeout(120_000)

    test('an address beside those of the front is what it was', async ({ assert }) => {
      assert.equal((await call({ method: 'GET', path: '/api/v1/placements' })).status, 401)
      assert.equal((await call({ method: 'GET', path: '/api/v1/decisions-of-others' })).status, 404)
    })
  })
}

async function call({ method, path, query, headers, body }: Request): Promise<Response> {
  const search = query ? `?${new URLSearchParams(query)}` : ''
  return fetch(`${origin()}${path}${search}`, {
    method,
    redirect: 'manual',
    headers: { 'user-agent': BROWSER_AGENT, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

function read(path: string): Exchange {
  return JSON.parse(readFileSync(path, 'utf8')) as Exchange
}

/** Names in double braces replaced; a number in the body is written as `"{{#name}}"`. */
function filled(request: Request, values: Readonly<Record<string, string>>): Request {
  const text = JSON.stringify(request)
    .replaceAll(/"\{\{#(\w+)\}\}"/g, (_whole, name: string) => values[name] ?? '0')
    .replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => values[name] ?? '')
  return JSON.parse(text) as Request
}

/** The answer with what differs from run to run replaced by names. */
async function recorded(answer: Response, values: Readonly<Record<string, string>>): Promise<Recorded> {
  const headers: Record<string, string> = {}
  for (const name of [...KEPT_HEADERS, 'location']) {
    const value = answer.headers.get(name)
    if (value !== null) headers[name] = named(value, values)
  }
  const text = named(await answer.text(), values)
  const isJson = /json/.test(headers['content-type'] ?? '')
  return { status: answer.status, headers, body: isJson ? JSON.parse(text) : text }
}

function named(text: string, values: Readonly<Record<string, string>>): string {
  const known = Object.entries(values).reduce(
    (left, [name, value]) => left.replaceAll(new RegExp(`\\b${value}\\b`, 'g'), `{{${name}}}`),
    text
  )
  return known
    .replaceAll(/"(\w+Id)":\s*(\{\{\w+\}\}|\d{10})/g, '"$1":"{{number}}"')
    .replaceAll(/"id":\s*"\d{10}"/g, '"id":"{{number}}"')
    .replaceAll(/\/t\/(\w)\/[\w-]{40,}/g, '/t/$1/{{token}}')
    .replaceAll(/"nonce":\s*"[^"]+"/g, '"nonce":"{{token}}"')
    .replaceAll(/[0-9a-f]{32,}/g, '{{hash}}')
    .replaceAll(/https?:\/\/(?:localhost|127\.0\.0\.1):\d+/g, '{{origin}}')
}

/** The request with one value at a time replaced by a hostile one, in query and body. */
function* changes(request: Request): Generator<Request> {
  for (const value of HOSTILE) {
    for (const name of Object.keys(request.query ?? {})) {
      yield { ...request, query: { ...request.query, [name]: value } }
    }
    for (const body of bodies(request.body, value)) yield { ...request, body }
  }
}

function* bodies(body: unknown, value: unknown): Generator<unknown> {
  if (typeof body !== 'object' || body === null) return
  for (const key of Object.keys(body)) {
    const inner = (body as Record<string, unknown>)[key]
    const withInner = (changed: unknown) =>
      Array.isArray(body) ? body.with(Number(key), changed) : { ...body, [key]: changed }
    yield withInner(value)
    for (const changed of bodies(inner, value)) yield withInner(changed)
  }
}

function hostOf(location: string | null): string {
  return location === null ? '' : new URL(location, origin()).host
}

export function pathOf(url: string): string {
  return new URL(url).pathname
}
