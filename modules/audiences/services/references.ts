import { createHash } from 'node:crypto'
import type { Id } from '#modules/kernel/ids'
import { SUBJECT_EPOCH_MS, type ConsentDecision, type ConsentGate } from '#modules/privacy/contract'

const PREFIX = 'sha256:'
/** Whoever uploads an id answers for the consent behind it; what is kept is a reference in any case. */
const UPLOADED: ConsentDecision = { mayUseId: true, purposes: 0, reason: 'uploaded' }

/** Number of the epoch whose key makes references at a time. */
export function epochAt(nowMs: number): number {
  return Math.floor(nowMs / SUBJECT_EPOCH_MS)
}

export function sha256Of(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}

/**
 * Under what a person is looked up: as facts name it (rules and pixels), and by the SHA-256 of the id (uploads).
 * Empty when the consent forbids ids.
 */
export function lookupRefs(
  gate: ConsentGate,
  organisationId: Id<'organisation'>,
  userId: string,
  consent: ConsentDecision,
  nowMs: number
): Buffer[] {
  const ids = [userId, PREFIX + sha256Of(userId)]
  return ids.flatMap((id) => gate.subjectRef(organisationId, id, consent, nowMs) ?? [])
}

export type EpochRef = { readonly epoch: number; readonly ref: Buffer; readonly expiresAt: number }

/** References of an uploaded person: one for each epoch until it expires, none of which says that it is of the others. */
export function uploadRefs(
  gate: ConsentGate,
  organisationId: Id<'organisation'>,
  sha256: string,
  nowMs: number,
  expiresAt: number
): EpochRef[] {
  const refs: EpochRef[] = []
  for (let epoch = epochAt(nowMs); epoch * SUBJECT_EPOCH_MS < expiresAt; epoch++) {
    const at = Math.max(nowMs, epoch * SUBJECT_EPOCH_MS)
    const ref = gate.subjectRef(organisationId, PREFIX + sha256, UPLOADED, at)
    if (ref) refs.push({ epoch, ref, expiresAt: Math.min(expiresAt, (epoch + 1) * SUBJECT_EPOCH_MS) })
  }
  return refs
}

/** All references that a stored row of a person may have now or later, for erasure and access. */
export function everyRef(
  gate: ConsentGate,
  organisationId: Id<'organisation'>,
  subject: string,
  nowMs: number,
  horizonMs: number
): Buffer[] {
  const own = gate.subjectRef(organisationId, subject, UPLOADED, nowMs)
  const hashed = uploadRefs(gate, organisationId, sha256Of(subject), nowMs, nowMs + horizonMs)
  return [...(own ? [own] : []), ...hashed.map(({ ref }) => ref)]
}
