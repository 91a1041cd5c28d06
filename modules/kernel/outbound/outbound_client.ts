import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { err, ok, type Result } from '#modules/kernel/result'
import { refusalOf } from '#modules/kernel/outbound/address_rules'
import { exchange } from '#modules/kernel/outbound/exchange'
import {
  readHeaders,
  readTarget,
  redirected,
  redirectTarget,
  refused,
  type Target,
} from '#modules/kernel/outbound/request_rules'
import type {
  OutboundFailure,
  OutboundReply,
  OutboundRequest,
  OutboundSettings,
  ResolvedAddress,
} from '#modules/kernel/outbound/types'

export type { OutboundFailure, OutboundReply, OutboundRequest, OutboundSettings }

const DEFAULT_TIMEOUT_MS = 5_000
const DEFAULT_MAX_BYTES = 1_048_576
const DEFAULT_REDIRECTS = 3
const MAX_REDIRECTS = 10
const REDIRECTS = new Set([301, 302, 303, 307, 308])

type Outcome = Result<OutboundReply, OutboundFailure>

/**
 * The one way to the outside: fetches a URL that somebody else may have written without ever reaching our own
 * network. A name is looked up once, every address of the answer is checked, and the connection goes to an address of that answer;
 * each redirect goes through the same. Settings of the environment (proxies) are not heeded.
 */
export class OutboundClient {
  constructor(private readonly settings: OutboundSettings = {}) {}

  /**
   * Fetches. Never throws and never rejects: what can go wrong is in the result.
   * Any status is a success; a failure says whether a rule, a limit or the net was the reason.
   */
  async fetch(request: OutboundRequest): Promise<Outcome> {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const controller = new AbortController()
    const late = err({ type: 'timeout', detail: `No whole answer within ${timeoutMs} ms.` } as const)
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => resolve(late), timeoutMs)
    })
    try {
      return await Promise.race([this.follow(request, controller.signal), deadline])
    } catch (error) {
      return err({ type: 'network', detail: `The request could not be made: ${(error as Error).name}.` })
    } finally {
      clearTimeout(timer)
      controller.abort()
    }
  }

  private async follow(first: OutboundRequest, signal: AbortSignal): Promise<Outcome> {
    const most = Math.min(first.redirects ?? DEFAULT_REDIRECTS, MAX_REDIRECTS)
    let request = first
    for (let hops = 0; ; hops++) {
      const answer = await this.once(request, signal)
      const location =
        answer.ok && REDIRECTS.has(answer.value.status) ? answer.value.headers['location'] : undefined
      if (!answer.ok || location === undefined || most === 0) return answer
      if (hops === most) return err({ type: 'too_many_redirects', detail: `More than ${most} redirects.` })
      const from = new URL(answer.value.url)
      const to = redirectTarget(from, location)
      if (!to.ok) return to
      request = redirected(request, answer.value.status, from, to.value)
    }
  }

  private async once(request: OutboundRequest, signal: AbortSignal): Promise<Outcome> {
    const target = readTarget(request.url, this.settings)
    if (!target.ok) return target
    const headers = readHeaders(request)
    if (!headers.ok) return headers
    const addresses = await this.addressesOf(target.value)
    if (!addresses.ok) return addresses
    return exchange({
      target: target.value,
      addresses: addresses.value,
      method: request.method ?? 'GET',
      headers: headers.value,
      body: request.body,
      maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES,
      signal,
      ca: this.settings.ca,
    })
  }

  /** Every address of the host, or a refusal when any one of them is not public: a mixed answer is an attack. */
  private async addressesOf(target: Target): Promise<Result<readonly ResolvedAddress[], OutboundFailure>> {
    const family = isIP(target.host)
    const found = family ? [{ address: target.host, family }] : await this.resolve(target.host)
    if (found.length === 0) return err({ type: 'unresolved', detail: `${target.host} has no address.` })
    if (target.allowed) return ok(found)
    const reason = found.map(({ address }) => refusalOf(address)).find((refusal) => refusal !== null)
    return reason ? refused(`${target.host} is not on the public net (${reason}).`) : ok(found)
  }

  private async resolve(host: string): Promise<readonly ResolvedAddress[]> {
    try {
      return await (this.settings.resolve ?? ((name) => lookup(name, { all: true, verbatim: true })))(host)
    } catch {
      // a name that does not exist and a name server that does not answer are the same to the caller: no address
      return []
    }
  }
}
