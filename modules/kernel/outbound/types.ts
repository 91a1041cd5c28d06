/** What is asked of the outside. */
export type OutboundRequest = {
  /** http or https, no credentials, default port (unless the settings say more). */
  readonly url: string | URL
  /** Default GET. */
  readonly method?: string
  /** Any but those the client sets itself (Host, Content-Length, Connection, Accept-Encoding …). */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** For everything together: name look-up, every redirect, the last byte of the body. */
  readonly timeoutMs?: number
  /** Most bytes of body that are read, as sent and after inflating. */
  readonly maxBytes?: number
  /** Redirects that are followed; 0 hands the 3xx answer back. */
  readonly redirects?: number
}

/** Any status is an answer: 404 and 500 included. */
export type OutboundReply = {
  readonly status: number
  /** Lower-case names; repeated headers joined as node joins them, `set-cookie` never given. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Where the answer came from, after redirects. */
  readonly url: string
}

export type OutboundFailure = {
  /**
   * `refused`: our rules forbid it, nothing was sent. `unresolved`: no address for the name. `timeout`, `too_large`,
   * `too_many_redirects`: a limit was met. `network`: refused, reset, TLS or not HTTP.
   */
  readonly type: 'refused' | 'unresolved' | 'timeout' | 'too_large' | 'too_many_redirects' | 'network'
  /** One sentence for a log or an operator; holds no header, body or credential. */
  readonly detail: string
}

export type ResolvedAddress = { readonly address: string; readonly family: number }

export type OutboundSettings = {
  /** Hosts (`name` or `name:port`) that may be private and on any port: tests and development only. */
  readonly allowHosts?: readonly string[]
  /** Ports besides 80 for http and 443 for https. */
  readonly allowPorts?: readonly number[]
  /** Certificates to trust instead of the built-in ones, PEM. */
  readonly ca?: string
  /** Name look-up; default: the system's. */
  readonly resolve?: (host: string) => Promise<readonly ResolvedAddress[]>
}
