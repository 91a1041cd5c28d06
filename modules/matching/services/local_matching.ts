import type { Id } from '#modules/kernel/ids'
import type { Campaigns, DeliveryState } from '#modules/campaigns/contract'
import { Matching, type MatchEngine } from '#modules/matching/contract'
import { CompiledEngine } from '#modules/matching/services/compiled_engine'

export type MatchingEvents = {
  /** An organisation's snapshot could not be compiled; the last good engine stays. */
  onBroken(organisationId: string, error: unknown): void
  /** An organisation decides by a newer snapshot. */
  onSwapped(organisationId: string, version: number, milliseconds: number): void
}

/**
 * Engines of this process, one an organisation. Follows the versions of inventory and demand, compiles what has changed
 * beside the request path and swaps one reference; what cannot be compiled leaves the last good engine in place.
 */
export class LocalMatching extends Matching {
  private readonly enginesById = new Map<Id<'organisation'>, MatchEngine>()
  private readonly engineByPlacement = new Map<string, MatchEngine>()
  /** Versions that failed to compile, so that a broken one is tried again only when it has changed. */
  private readonly broken = new Map<Id<'organisation'>, number>()
  private readonly stateVersions = new Map<Id<'organisation'>, number>()
  private loaded = false

  constructor(
    private readonly campaigns: Pick<Campaigns, 'versions' | 'compile'>,
    private readonly deliveryState: Pick<DeliveryState, 'current'>,
    private readonly events: MatchingEvents
  ) {
    super()
  }

  get ready(): boolean {
    return this.loaded
  }

  engineOf(placementId: string): MatchEngine | null {
    return this.engineByPlacement.get(placementId) ?? null
  }

  engine(organisationId: Id<'organisation'>): MatchEngine | null {
    return this.enginesById.get(organisationId) ?? null
  }

  engines(): Iterable<MatchEngine> {
    return this.enginesById.values()
  }

  /** Compiles what is newer than what decides now. @throws when the versions cannot be read: the engines stay as they are */
  async refresh(): Promise<void> {
    for (const [organisationId, version] of await this.campaigns.versions()) {
      const current = this.enginesById.get(organisationId)?.snapshot.version ?? -1
      if (version > current && version !== this.broken.get(organisationId)) {
        await this.load(organisationId, version)
      }
    }
    this.loaded = true
    this.takeStates()
  }

  /** Gives every engine what has been delivered and spent, where that has changed. Cheap. */
  takeStates(): void {
    for (const [organisationId, engine] of this.enginesById) {
      const state = this.deliveryState.current(organisationId)
      if (this.stateVersions.get(organisationId) === state.version) continue
      this.stateVersions.set(organisationId, state.version)
      engine.setState(state)
    }
  }

  private async load(organisationId: Id<'organisation'>, version: number): Promise<void> {
    const started = performance.now()
    try {
      const engine = await CompiledEngine.build(await this.campaigns.compile(organisationId))
      this.swap(organisationId, engine)
      this.broken.delete(organisationId)
      this.events.onSwapped(organisationId, engine.snapshot.version, performance.now() - started)
    } catch (error) {
      this.broken.set(organisationId, version)
      this.events.onBroken(organisationId, error)
    }
  }

  private swap(organisationId: Id<'organisation'>, engine: MatchEngine): void {
    const state = this.deliveryState.current(organisationId)
    engine.setState(state)
    this.stateVersions.set(organisationId, state.version)
    const before = this.enginesById.get(organisationId)
    this.enginesById.set(organisationId, engine)
    for (const { id } of engine.snapshot.placements) this.engineByPlacement.set(id, engine)
    for (const { id } of before?.snapshot.placements ?? []) {
      if (this.engineByPlacement.get(id) === before) this.engineByPlacement.delete(id)
    }
  }
}
