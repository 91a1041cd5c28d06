/**
 * The shape of a hot handler: raw bytes in, raw bytes out. The same handler is mounted behind AdonisJS
 * (`ROLE=all`) and on the edge port, so it knows neither.
 */
export type EdgeRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS'
  /** Path without the query, percent-encoding left as it came. */
  readonly path: string
  /** Query string without the question mark; empty when there is none. */
  readonly query: string
  /** Value of a header by lower-case name; undefined when absent. */
  header(name: string): string | undefined
  /** Whole body, already inflated and within the route's limit; empty for GET. */
  readonly body: Buffer
  /** Address of the socket's other end. */
  readonly remoteAddress: string
  /** Decoded path parameters by name. */
  readonly params: Readonly<Record<string, string>>
}

export type EdgeHeaders = Readonly<Record<string, string>>

export type EdgeReply = {
  /** Answers once; `body` may be empty. Content-Length is set by the mount. */
  send(status: number, headers: EdgeHeaders, body: Buffer | string): void
}

export type EdgeRoute = {
  readonly method: EdgeRequest['method']
  /** AdonisJS-style pattern with `:name` segments, or an exact path. */
  readonly path: string
  readonly maxBodyBytes: number
  handle(request: EdgeRequest, reply: EdgeReply): void | Promise<void>
}
