import {
  type Agent,
  type AgentReader,
  type GeoLookup,
  RequestContext,
  type RequestFacts,
  type RequestSignals,
} from '#modules/context/contract'
import { addressText, ClientAddress } from '#modules/context/services/client_address'
import { MAX_LANGUAGE_CHARS, preferredLanguage } from '#modules/context/services/language'
import { BoundedCache } from '#modules/kernel/bounded_cache'
import { parseIp, truncatedIp } from '#modules/kernel/ip_address'

/** Accept-Language headers whose answer is kept; most readers share a few hundred. */
const KEPT_LANGUAGES = 1_000

/** Joins address, geo, agent and language of one request. Cost: 3 µs, 0.2 ms with a user agent not seen lately. */
export class LocalRequestContext extends RequestContext {
  private readonly clients: ClientAddress
  private readonly languages = new BoundedCache<string | null>(KEPT_LANGUAGES)

  /** @param trustedProxies networks as in `TRUSTED_PROXIES`; throws an Error that names the entry that is none */
  constructor(
    private readonly geo: GeoLookup,
    private readonly agents: AgentReader,
    trustedProxies: readonly string[]
  ) {
    super()
    this.clients = new ClientAddress(trustedProxies)
  }

  get geoDimensions() {
    return this.geo.dimensions
  }

  describe(signals: RequestSignals): RequestFacts {
    const address = this.clients.of(signals.remoteAddress, signals.forwardedFor)
    return this.facts(
      address,
      this.agents.read(signals.userAgent ?? '', signals.hints),
      signals.acceptLanguage
    )
  }

  /** A stated address that is none is unknown: empty, nowhere. The caller's own address and agent never stand in. */
  describeStated(stated: {
    ip: string | null
    userAgent: string | null
    acceptLanguage: string | undefined
  }): RequestFacts {
    return this.facts(
      stated.ip === null ? null : parseIp(stated.ip),
      this.agents.read(stated.userAgent ?? ''),
      stated.acceptLanguage
    )
  }

  private facts(bytes: Uint8Array | null, agent: Agent, acceptLanguage: string | undefined): RequestFacts {
    const address = addressText(bytes)
    return {
      address,
      truncatedAddress: bytes ? truncatedIp(bytes) : '',
      geo: this.geo.lookup(address),
      agent,
      language: this.languageOf(acceptLanguage),
    }
  }

  private languageOf(header: string | undefined): string | null {
    if (!header) return null
    const key = header.slice(0, MAX_LANGUAGE_CHARS)
    const known = this.languages.get(key)
    if (known !== undefined) return known
    const language = preferredLanguage(key)
    this.languages.set(key, language)
    return language
  }
}
