/** What must hold when people of an organisation are changed, and what the audit log is told of it. */
import { conflict, invalid, notAllowed } from '#modules/kernel/http/failures'
import type { Transaction } from '#modules/kernel/tenancy'
import type { AuditEntry } from '#modules/kernel/audit'
import type { Party, Principal, Role } from '#modules/identity/contract'
import { passwordProblem } from '#modules/identity/services/passwords'
import type { PersonRow } from '#modules/identity/services/people_rows'

/** One change of people at a time in an organisation: two owners may not remove each other at once. */
export async function lockOrganisation(trx: Transaction): Promise<void> {
  await trx.from('identity_organisations').select('id').forUpdate()
}

export function demandOwner(principal: Principal, field?: string): void {
  if (principal.role !== 'owner') {
    throw notAllowed('Only an owner can make, change or remove an owner.', field)
  }
}

export async function demandAnotherOwner(trx: Transaction): Promise<void> {
  const [row] = await trx.from('identity_memberships').where('role', 'owner').count('* as owners')
  if (Number(row.owners) < 2) {
    throw conflict(
      'E_LAST_OWNER',
      'The last owner cannot be removed or given another role. Make someone else an owner first.'
    )
  }
}

export function demandGoodPassword(password: string, email: string, field = 'password'): void {
  const problem = passwordProblem(password, email)
  if (problem !== null) {
    throw invalid(field, 'password', problem.replace('The password field', `The ${field} field`))
  }
}

export function explainTakenEmail(error: { code?: string; constraint?: string }): never {
  if (error.code === '23505' && error.constraint === 'identity_people_email_unique') {
    throw conflict('E_EMAIL_TAKEN', 'Someone with this e-mail address has an account already.', 'email')
  }
  throw error
}

export function entry(
  action: string,
  objectId: string,
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null
): AuditEntry {
  return { action, objectType: 'person', objectId, before, after }
}

/** Names and passwords are told by the fact that they changed, never by their value. */
export function changesOf(
  before: PersonRow,
  after: { name?: string; role: Role; parties: readonly Party[]; password?: string }
): AuditEntry[] {
  const entries: AuditEntry[] = []
  const parties = JSON.stringify(before.parties ?? [])
  if (after.role !== before.role || JSON.stringify(after.parties) !== parties) {
    entries.push(
      entry(
        'person.role_changed',
        before.id,
        { role: before.role, parties: before.parties },
        { role: after.role, parties: after.parties }
      )
    )
  }
  if (after.name !== undefined && after.name !== before.name) {
    entries.push(entry('person.renamed', before.id, null, null))
  }
  if (after.password !== undefined) entries.push(entry('person.password_set', before.id, null, null))
  return entries
}
