import {
  type Agent,
  type AgentReader,
  type GeoLookup,
  RequestContext,
  type RequestFacts,
  type RequestSignals,
} from '#modules/context/contract'
import { addressText, ClientAddress } from '#modules/context/services/client_address'
import { preferredLanguage } from '#modules/context/services/language'
import { parseIp, truncatedIp } from '#modules/kernel/ip_address'

/** Joins address, geo, agent and language of one request. Cost: 2 µs, 0.2 ms with a user agent not seen lately. */
export class LocalRequestContext extends RequestContext {
  private readonly clients: ClientAddress

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
      language: preferredLanguage(acceptLanguage),
    }
  }
}
