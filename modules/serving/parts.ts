import type { KeyObject } from 'node:crypto'
import type { Clock } from '#modules/kernel/time'
import type { AgentReader, RequestContext } from '#modules/context/contract'
import type { ConsentGate } from '#modules/privacy/contract'
import type { EventLog, TokenCodec } from '#modules/events/contract'
import type { Identity } from '#modules/identity/contract'
import type { Audiences } from '#modules/audiences/contract'
import type { Matching } from '#modules/matching/contract'
import type { AdServer } from '#modules/serving/services/ad_server'
import type { TagScripts } from '#modules/serving/services/tag_scripts'

/** What the edge routes of serving are built on. A process hands it over once, at its start. */
export type ServingParts = {
  readonly clock: Clock
  readonly context: RequestContext
  readonly agents: AgentReader
  readonly gate: ConsentGate
  readonly identity: Pick<Identity, 'authenticate'>
  readonly matching: Matching
  readonly audiences: Audiences
  readonly codec: TokenCodec
  readonly log: EventLog
  readonly adServer: AdServer
  readonly scripts: TagScripts
  /** Draws the ads of mails. */
  readonly mailKey: KeyObject
  /** Absolute origins from the configuration, never from a Host header. */
  readonly settings: { readonly origin: string; readonly creativeOrigin: string }
}
