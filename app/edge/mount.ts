import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EdgeHeaders, EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { PROBLEM_TYPE, problemOf } from '#modules/kernel/problem'
import { drain, readBody, type BodyFailure } from '#app/edge/body'
import { RouteTable } from '#app/edge/route_table'

/** The part of a logger that the mount needs. */
export type EdgeLogger = { error(fields: Record<string, unknown>, message: string): void }

const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS'])
const PROBLEM_HEADERS: EdgeHeaders = {
  'content-type': PROBLEM_TYPE,
  'cache-control': 'no-store',
  'access-control-allow-origin': '*',
}
const NO_BODY = Buffer.alloc(0)

/**
 * Answers edge routes on a `node:http` server, without a context, a session, a cookie or a middleware of
 * AdonisJS. What is no edge route is left alone.
 */
export class EdgeMount {
  private readonly table: RouteTable

  constructor(
    routes: readonly EdgeRoute[],
    private readonly logger: EdgeLogger
  ) {
    this.table = new RouteTable(routes)
  }

  /** False when the path is no edge route; else the request is, or will be, answered. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const { path, query } = targetOf(request.url ?? '')
    const found = this.table.find(request.method ?? 'GET', path)
    if (found === null) return false
    if (found.type === 'undecodable') {
      refuse(response, 400, 'E_MALFORMED_PATH', 'The path is not valid UTF-8.')
    } else if (found.type === 'method' || !METHODS.has(request.method ?? '')) {
      const allow = found.type === 'method' ? found.allow : found.route.method
      refuse(response, 405, 'E_METHOD_NOT_ALLOWED', `This address takes ${allow}.`, { allow })
    } else void this.answer(found.route, request, response, path, query, found.params)
    return true
  }

  private async answer(
    route: EdgeRoute,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
    params: Readonly<Record<string, string>>
  ): Promise<void> {
    const reply = new HttpReply(request.method === 'HEAD', response)
    try {
      const body = route.method === 'POST' ? await readBody(request, route.maxBodyBytes) : null
      if (body !== null && !body.ok) return refuseBody(request, response, body.error, route.maxBodyBytes)
      await route.handle(new HttpRequest(request, path, query, params, body?.value ?? NO_BODY), reply)
      if (!reply.sent) throw new Error('the handler ended without an answer')
    } catch (error) {
      // The pattern, not the path: a path may hold a token.
      this.logger.error({ err: error, route: `${route.method} ${route.path}` }, 'An edge handler failed')
      if (!reply.sent) {
        refuse(response, 500, 'E_INTERNAL', 'Something went wrong on our side; it has been logged.')
      }
    }
  }
}

class HttpRequest implements EdgeRequest {
  readonly method: EdgeRequest['method']
  constructor(
    private readonly message: IncomingMessage,
    readonly path: string,
    readonly query: string,
    readonly params: Readonly<Record<string, string>>,
    readonly body: Buffer
  ) {
    this.method = message.method as EdgeRequest['method']
  }
  get remoteAddress(): string {
    return this.message.socket.remoteAddress ?? ''
  }
  header(name: string): string | undefined {
    const value = this.message.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }
}

class HttpReply implements EdgeReply {
  sent = false
  constructor(
    private readonly head: boolean,
    private readonly response: ServerResponse
  ) {}
  send(status: number, headers: EdgeHeaders, body: Buffer | string): void {
    if (this.sent) throw new Error('the handler answered twice')
    this.sent = true
    write(this.response, status, headers, body, this.head)
  }
}

function write(
  response: ServerResponse,
  status: number,
  headers: EdgeHeaders,
  body: Buffer | string,
  head: boolean
): void {
  if (response.headersSent || response.destroyed) return
  const bodiless = status === 204 || status === 304
  const length = bodiless ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  response.writeHead(status, { ...headers, ...length })
  response.end(head || bodiless ? undefined : body)
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
  headers: EdgeHeaders = {}
): void {
  const body = JSON.stringify(problemOf(status, code, { detail }))
  write(response, status, { ...PROBLEM_HEADERS, ...headers }, body, response.req.method === 'HEAD')
}

function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  failure: BodyFailure,
  maxBytes: number
): void {
  if (failure.type === 'aborted') return void response.destroy()
  drain(request)
  switch (failure.type) {
    case 'too_large':
      return refuse(response, 413, 'E_BODY_TOO_LARGE', `The body may have at most ${maxBytes} bytes.`)
    case 'encoding':
      return refuse(response, 415, 'E_UNSUPPORTED_ENCODING', 'Content-Encoding may be gzip or absent.')
    case 'damaged':
      return refuse(response, 400, 'E_MALFORMED_BODY', 'The body is not the gzip data that it says it is.')
  }
}

/**
 * A request target in origin form: proxies may name scheme and host in it, which say nothing about the resource.
 * @source RFC 9112 §3.2.2
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return rest === target || rest.startsWith('/') ? rest : `/${rest}`
}

/** Path and query of a request target in origin form. */
function targetOf(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
