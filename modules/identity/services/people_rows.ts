import { newId, type Id } from '#modules/kernel/ids'
import type { Transaction } from '#modules/kernel/tenancy'
import type { EpochMs } from '#modules/kernel/time'
import type { Party, Role } from '#modules/identity/contract'

export type PersonRow = {
  id: Id<'person'>
  email: string
  name: string
  created_at: Date
  role: Role
  parties: Party[] | null
}
type NewPerson = { name: string; email: string; passwordHash: string; role: Role; parties: readonly Party[] }

/** Adds a person with its membership. Fails on the unique e-mail when the installation knows the address. */
export async function insertPerson(
  trx: Transaction,
  organisationId: Id<'organisation'>,
  person: NewPerson,
  now: EpochMs
): Promise<Id<'person'>> {
  const id = newId<'person'>(now)
  const at = new Date(now)
  await trx.table('identity_people').insert({
    id,
    organisation_id: organisationId,
    email: person.email,
    name: person.name,
    password_hash: person.passwordHash,
    password_changed_at: at,
    created_at: at,
  })
  await trx.table('identity_memberships').insert({
    id: newId<'membership'>(now),
    organisation_id: organisationId,
    person_id: id,
    role: person.role,
    parties: person.parties.length > 0 ? JSON.stringify(person.parties) : null,
    created_at: at,
  })
  return id
}

/** People of the organisation of the transaction with their membership in it, under the table name `identity_people`. */
export function peopleQuery(trx: Transaction) {
  return trx
    .query<PersonRow>()
    .from('identity_people')
    .join('identity_memberships', (join) =>
      join
        .on('identity_memberships.person_id', 'identity_people.id')
        .andOn('identity_memberships.organisation_id', 'identity_people.organisation_id')
    )
    .select(
      'identity_people.id',
      'identity_people.email',
      'identity_people.name',
      'identity_people.created_at',
      'identity_memberships.role',
      'identity_memberships.parties'
    )
}
