import type { Id } from '#modules/kernel/ids'

/** Implemented by every module that keeps personal data; privacy erases and exports through it. */
export abstract class SubjectStore {
  /** Stable name used in certificates, such as `identity.people`. */
  abstract readonly name: string
  abstract find(
    organisationId: Id<'organisation'>,
    subject: string
  ): Promise<readonly Record<string, unknown>[]>
  /** Number of records erased or made anonymous; safe to repeat. */
  abstract erase(organisationId: Id<'organisation'>, subject: string): Promise<number>
}
