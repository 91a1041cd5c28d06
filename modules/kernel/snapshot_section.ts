import type { Id } from '#modules/kernel/ids'

/**
 * A versioned, read-only part of what edges decide with. Owners publish whole sections; readers swap one reference.
 * `version` only grows; a reader ignores a section older than the one that it has.
 */
export type SnapshotSection<Name extends string, Data> = {
  readonly name: Name
  readonly organisationId: Id<'organisation'>
  readonly version: number
  readonly data: Data
}
