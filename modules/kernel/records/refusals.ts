/** Why a change was not made; each is a problem that the API answers and `docs/errors.md` lists. */
import { invalid } from '#modules/kernel/http/failures'
import { ProblemException } from '#modules/kernel/problem'

export type FieldFault = { readonly field: string; readonly code: string; readonly detail: string }

/** The object is not there, or not for this caller: the two are never told apart. */
export function notFound(kind: string, field?: string): ProblemException {
  const detail = field
    ? `The ${words(kind)} that ${field} names does not exist.`
    : `This ${words(kind)} does not exist.`
  return new ProblemException(404, 'E_NOT_FOUND', { detail, field })
}

/** Well-formed, but against a rule. `faults` is never empty. */
export function allInvalid(faults: readonly FieldFault[]): ProblemException {
  return new ProblemException(422, 'E_VALIDATION', {
    detail: faults[0]?.detail,
    field: faults[0]?.field,
    errors: [...faults],
  })
}

/** A link that is made once and for all. */
export function fixed(field: string): ProblemException {
  return invalid(field, 'fixed', `The ${field} field cannot change once it is set`)
}

/** May not go live: says what is missing. */
export function incomplete(kind: string, missing: readonly FieldFault[]): ProblemException {
  const what = missing.map((fault) => fault.field).join(', ')
  return new ProblemException(422, 'E_INCOMPLETE', {
    detail: `This ${words(kind)} cannot be active yet; it lacks: ${what}.`,
    field: missing[0]?.field,
    errors: [...missing],
  })
}

/** A status that this one does not lead to. */
export function transitionRefused(
  kind: string,
  from: string,
  to: string,
  allowed: readonly string[]
): ProblemException {
  const next = allowed.length === 0 ? 'nothing' : allowed.join(', ')
  return new ProblemException(409, 'E_TRANSITION_REFUSED', {
    detail: `This ${words(kind)} is ${from} and cannot become ${to}; from ${from} it allows: ${next}.`,
    field: 'status',
  })
}

/** Archived objects rest: they are restored before they are changed, linked or filled. */
export function archived(kind: string, field?: string): ProblemException {
  return new ProblemException(409, 'E_ARCHIVED', {
    detail: `This ${words(kind)} is archived; restore it first.`,
    field,
  })
}

/** `If-Match` names another revision than the stored one. */
export function changedMeanwhile(kind: string, revision: number): ProblemException {
  return new ProblemException(412, 'E_CHANGED_MEANWHILE', {
    detail: `This ${words(kind)} has changed meanwhile; it is at revision ${revision} now. Read it again.`,
  })
}

/** The caller is limited to parties and may not make new ones. */
export function partyRefused(kind: string): ProblemException {
  return new ProblemException(403, 'E_NOT_ALLOWED', {
    detail: `People of one party cannot create a ${words(kind)}; ask an administrator of the organisation.`,
  })
}

function words(kind: string): string {
  return kind.replaceAll('_', ' ')
}
