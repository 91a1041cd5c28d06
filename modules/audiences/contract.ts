/** Groups of people that line items can be for: who is in them, and the look-up on the path of a request. */
import type { Id } from '#modules/kernel/ids'
import type { ConsentDecision } from '#modules/privacy/contract'

/** What lets people in by itself. `visited`: an ad request of a placement; the others: facts of a line item's ads. */
export const ENTRY_EVENTS = ['visited', 'seen', 'clicked', 'converted'] as const
export type EntryEvent = (typeof ENTRY_EVENTS)[number]
/** `ids`: placements for `visited`, else line items or campaigns. A person who does it again stays from then on. */
export type SegmentEntry = { readonly event: EntryEvent; readonly ids: readonly string[] }

/** Module face for processes that decide. Owns audiences_* tables. */
export abstract class Audiences {
  /**
   * Ids of the active segments that a person is in, from memory; no I/O. Empty without a consent that allows ids.
   * What is uploaded counts within two seconds, what expires stops counting within a minute and two seconds.
   */
  abstract segmentsOf(
    organisationId: Id<'organisation'>,
    userId: string,
    consent: ConsentDecision,
    nowMs: number
  ): readonly string[]
  /** Those of `ids` that are active segments of the organisation, each once. */
  abstract known(organisationId: Id<'organisation'>, ids: readonly string[]): readonly string[]
  /** The organisation of an active segment; null when there is none. */
  abstract organisationOf(segmentId: string): Id<'organisation'> | null
  /** Takes in what has changed since the last time. */
  abstract refresh(): Promise<void>
}
