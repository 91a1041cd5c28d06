import type { Campaigns, DeliveryState, DeliveryStateSection } from '#modules/campaigns/contract'
import type { Id } from '#modules/kernel/ids'
import { Matching, type MatchEngine } from '#modules/matching/contract'
import { matchingMetrics } from '#modules/matching/metrics'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'

/** After as many failed attempts an organisation no longer keeps the process from being ready: its fault is its own. */
export const ATTEMPTS_BEFORE_READY = 3
/** A failing organisation is tried again after 1, 2, 4 … looks, at most after as many. */
const MOST_LOOKS_SKIPPED = 64

type Organisation = Id<'organisation'>
type Hosted = { engine: MatchEngine; version: number; section: DeliveryStateSection }
type Failure = { readonly version: number; readonly attempts: number; looksLeft: number }

export type MatchingParts = {
  readonly campaigns: Pick<Campaigns, 'versions' | 'compile'>
  readonly deliveryState: DeliveryState
  readonly logger: {
    warn(data: object, message: string): void
    error(data: object, message: string): void
    info(message: string): void
  }
}

/** Engines of all organisations in this process. Asks for versions, compiles what changed, swaps one reference. */
export class LocalMatching extends Matching {
  readonly #hosted = new Map<Organisation, Hosted>()
  readonly #placements = new Map<string, MatchEngine>()
  readonly #failures = new Map<Organisation, Failure>()
  #ready = false
  #sourceLost = false
  #running: Promise<void> | null = null
  #next: Promise<void> | null = null

  constructor(private readonly parts: MatchingParts) {
    super()
  }

  get ready(): boolean {
    return this.#ready
  }

  engineOf(placementId: string): MatchEngine | null {
    return this.#placements.get(placementId) ?? null
  }

  engine(organisationId: Organisation): MatchEngine | null {
    return this.#hosted.get(organisationId)?.engine ?? null
  }

  *engines(): Iterable<MatchEngine> {
    for (const { engine } of this.#hosted.values()) yield engine
  }

  /** Resolves after a look that began after the call; calls in the meantime share one. Never rejects. */
  refresh(): Promise<void> {
    if (this.#running === null) return this.#begin()
    this.#next ??= this.#running.then(() => this.#begin())
    return this.#next
  }

  /** Hands each engine the delivery state of now; free for those whose section is still the same object. */
  pullState(): void {
    for (const [organisationId, hosted] of this.#hosted) {
      const section = this.parts.deliveryState.current(organisationId)
      if (section === hosted.section) continue
      hosted.engine.setState(section)
      hosted.section = section
    }
  }

  #begin(): Promise<void> {
    this.#next = null
    this.#running = this.#look().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #look(): Promise<void> {
    const versions = await this.#versions()
    if (versions === null) return
    for (const organisationId of [...this.#hosted.keys(), ...this.#failures.keys()]) {
      if (!versions.has(organisationId)) this.#drop(organisationId)
    }
    for (const [organisationId, version] of versions) {
      if (this.#isDue(organisationId, version)) await this.#load(organisationId, version)
    }
    this.#ready ||= [...versions.keys()].every(
      (id) => this.#hosted.has(id) || (this.#failures.get(id)?.attempts ?? 0) >= ATTEMPTS_BEFORE_READY
    )
    this.pullState()
    matchingMetrics.organisations.set(this.#hosted.size)
    matchingMetrics.failing.set(this.#failures.size)
  }

  /** Null while the source cannot be asked: the engines that are there go on, and one line says so. */
  async #versions(): Promise<ReadonlyMap<Organisation, number> | null> {
    try {
      const versions = await this.parts.campaigns.versions()
      if (this.#sourceLost) this.parts.logger.info('snapshot versions can be read again')
      this.#sourceLost = false
      matchingMetrics.sourceUp.set(1)
      return versions
    } catch (error) {
      if (!this.#sourceLost) {
        this.parts.logger.warn({ err: error }, 'snapshot versions cannot be read; the last snapshots stay')
      }
      this.#sourceLost = true
      matchingMetrics.sourceUp.set(0)
      return null
    }
  }

  #isDue(organisationId: Organisation, version: number): boolean {
    if (this.#hosted.get(organisationId)?.version === version) return false
    const failure = this.#failures.get(organisationId)
    return failure === undefined || failure.version !== version || --failure.looksLeft <= 0
  }

  async #load(organisationId: Organisation, version: number): Promise<void> {
    const begunMs = performance.now()
    try {
      const snapshot = await this.parts.campaigns.compile(organisationId)
      const engine = await CompiledEngine.build(snapshot)
      this.#swap(organisationId, engine, version)
      this.#failures.delete(organisationId)
      matchingMetrics.loads.inc('ok')
      matchingMetrics.loadSeconds.observe((performance.now() - begunMs) / 1000)
    } catch (error) {
      matchingMetrics.loads.inc('failed')
      this.#noteFailure(organisationId, version, error)
    }
  }

  /** Synchronous: a request sees the old engine or the new one with its state, never half of each. */
  #swap(organisationId: Organisation, engine: MatchEngine, version: number): void {
    const section = this.parts.deliveryState.current(organisationId)
    engine.setState(section)
    this.#forgetPlacements(this.#hosted.get(organisationId)?.engine)
    for (const { id } of engine.snapshot.placements) this.#placements.set(id, engine)
    this.#hosted.set(organisationId, { engine, version, section })
  }

  #noteFailure(organisationId: Organisation, version: number, error: unknown): void {
    const before = this.#failures.get(organisationId)
    const attempts = before?.version === version ? before.attempts + 1 : 1
    this.#failures.set(organisationId, {
      version,
      attempts,
      looksLeft: Math.min(2 ** (attempts - 1), MOST_LOOKS_SKIPPED),
    })
    if (attempts > 1) return
    this.parts.logger.error(
      { err: error, organisationId, version },
      'a snapshot could not be loaded; the last one stays'
    )
  }

  #drop(organisationId: Organisation): void {
    this.#forgetPlacements(this.#hosted.get(organisationId)?.engine)
    this.#hosted.delete(organisationId)
    this.#failures.delete(organisationId)
  }

  #forgetPlacements(engine: MatchEngine | undefined): void {
    for (const { id } of engine?.snapshot.placements ?? []) {
      if (this.#placements.get(id) === engine) this.#placements.delete(id)
    }
  }
}
