import { ProblemException } from '#modules/kernel/problem'
import { collection, oneOf, type ListInput } from '#modules/kernel/http/collection'
import { invalid, notFound } from '#modules/kernel/http/failures'
import { instantJson } from '#modules/kernel/http/instants'
import type { Id } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import { ROLES, type Party, type PartyDirectory, type Principal, type Role } from '#modules/identity/contract'
import { PARTY_OF_ROLE } from '#modules/identity/permissions'
import { appendAudit } from '#modules/identity/services/audit_log'
import type { Passwords } from '#modules/identity/services/passwords'
import {
  changesOf,
  demandAnotherOwner,
  demandGoodPassword,
  demandOwner,
  entry,
  explainTakenEmail,
  lockOrganisation,
} from '#modules/identity/services/people_rules'
import { insertPerson, peopleQuery, type PersonRow } from '#modules/identity/services/people_rows'
import type { Sessions } from '#modules/identity/services/sessions'

export const peopleList = collection({
  table: 'identity_people',
  sort: { name: { sql: 'lower(identity_people.name)' }, email: 'email', createdAt: 'created_at' },
  defaultSort: 'name',
  search: ['name', 'email'],
  filters: { role: oneOf('identity_memberships.role', ROLES) },
})

export type PersonInput = {
  name: string
  email: string
  password: string
  role: Role
  parties?: readonly Party[]
}
export type PersonChange = { name?: string; role?: Role; parties?: readonly Party[]; password?: string }

export function personJson(row: PersonRow) {
  const { id, email, name, role, parties } = row
  return { id, email, name, role, parties, createdAt: instantJson(row.created_at.getTime()) }
}

/** People of an organisation and what they are in it. */
export class People {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly directory: PartyDirectory
  ) {}

  list({ organisationId }: Principal, input: ListInput) {
    return this.tenancy.transaction(organisationId, (trx) =>
      peopleList.page(peopleQuery(trx), input, personJson)
    )
  }

  show({ organisationId }: Principal, id: string) {
    return this.tenancy.transaction(organisationId, async (trx) => personJson(await found(trx, id)))
  }

  async create(principal: Principal, input: PersonInput) {
    const { organisationId } = principal
    const now = this.clock.now()
    if (input.role === 'owner') demandOwner(principal, 'role')
    const parties = await this.partiesOf(organisationId, input.role, input.parties)
    demandGoodPassword(input.password, input.email)
    const passwordHash = await this.passwords.make(input.password)
    return this.tenancy.transaction(organisationId, async (trx) => {
      const person = { name: input.name, email: input.email, passwordHash, role: input.role, parties }
      const id = await insertPerson(trx, organisationId, person, now).catch(explainTakenEmail)
      await appendAudit(
        trx,
        principal,
        [entry('person.created', id, null, { role: input.role, parties })],
        now
      )
      return personJson(await found(trx, id))
    })
  }

  /** Changes name, role, parties or password. A new password ends every log-in of the person. */
  async update(principal: Principal, id: string, change: PersonChange) {
    const { organisationId } = principal
    const hash = change.password === undefined ? null : await this.hashFor(principal, id, change.password)
    return this.tenancy.transaction(organisationId, async (trx) => {
      await lockOrganisation(trx)
      const before = await found(trx, id)
      const role = change.role ?? before.role
      if (before.role === 'owner' || role === 'owner') {
        demandOwner(principal, role === 'owner' && before.role !== 'owner' ? 'role' : undefined)
      }
      if (before.role === 'owner' && role !== 'owner') await demandAnotherOwner(trx)
      const kept = role === before.role ? (before.parties ?? undefined) : undefined
      const parties = await this.partiesOf(organisationId, role, change.parties ?? kept)
      const now = this.clock.now()
      if (change.name !== undefined) {
        await trx.from('identity_people').where('id', id).update({ name: change.name })
      }
      const membership = { role, parties: parties.length > 0 ? JSON.stringify(parties) : null }
      await trx.from('identity_memberships').where('person_id', id).update(membership)
      if (hash !== null) await this.setPassword(trx, before.id, hash)
      await appendAudit(trx, principal, changesOf(before, { ...change, role, parties }), now)
      return personJson(await found(trx, id))
    })
  }

  /** Removes a person: log-ins and tokens end at once, and name, e-mail and password are gone. */
  async remove(principal: Principal, id: string): Promise<void> {
    await this.tenancy.transaction(principal.organisationId, async (trx) => {
      await lockOrganisation(trx)
      const before = await found(trx, id)
      if (before.role === 'owner') {
        demandOwner(principal)
        await demandAnotherOwner(trx)
      }
      const now = this.clock.now()
      await trx
        .from('identity_api_tokens')
        .where('created_by', id)
        .whereNull('revoked_at')
        .update({ revoked_at: new Date(now) })
      await trx.from('identity_people').where('id', id).delete()
      await appendAudit(
        trx,
        principal,
        [entry('person.removed', id, { role: before.role, parties: before.parties }, null)],
        now
      )
    })
  }

  /** Sets the password of the person itself, who has just proved to know the old one. */
  async changeOwnPassword(
    principal: Principal,
    personId: Id<'person'>,
    email: string,
    password: string
  ): Promise<void> {
    demandGoodPassword(password, email, 'newPassword')
    const hash = await this.passwords.make(password)
    await this.tenancy.transaction(principal.organisationId, async (trx) => {
      await this.setPassword(trx, personId, hash)
      await appendAudit(
        trx,
        principal,
        [entry('person.password_changed', personId, null, null)],
        this.clock.now()
      )
    })
  }

  private async hashFor({ organisationId }: Principal, id: string, password: string): Promise<string> {
    const { email } = await this.tenancy.transaction(organisationId, (trx) => found(trx, id))
    demandGoodPassword(password, email)
    return this.passwords.make(password)
  }

  private async setPassword(trx: Transaction, personId: Id<'person'>, hash: string): Promise<void> {
    const changed = {
      password_hash: hash,
      password_changed_at: new Date(this.clock.now()),
      credentials_version: trx.raw('credentials_version + 1'),
    }
    await trx.from('identity_people').where('id', personId).update(changed)
    await this.sessions.endAll(trx, personId)
  }

  /** The parties of a role, checked: as many as the role needs, of its type, and existing. */
  private async partiesOf(
    organisationId: Id<'organisation'>,
    role: Role,
    asked: readonly Party[] = []
  ): Promise<readonly Party[]> {
    const type = PARTY_OF_ROLE[role]
    if (type === undefined) {
      if (asked.length > 0) {
        throw invalid(
          'parties',
          'parties',
          `The parties field must be absent for the role ${role}: it sees the whole organisation.`
        )
      }
      return []
    }
    const other = asked.findIndex((party) => party.type !== type)
    if (asked.length === 0) {
      throw invalid(
        'parties',
        'parties',
        `The parties field must name at least one ${type} for the role ${role}.`
      )
    }
    if (other !== -1) {
      throw invalid(
        `parties.${other}.type`,
        'parties',
        `The parties of the role ${role} must all be of type ${type}.`
      )
    }
    const [missing] = await this.directory.missing(organisationId, asked)
    if (missing) {
      const field = `parties.${asked.findIndex(({ id }) => id === missing.id)}.id`
      throw new ProblemException(404, 'E_NOT_FOUND', { field, detail: `There is no such ${type}.` })
    }
    return [...new Map(asked.map(({ id }) => [id, { type, id }])).values()]
  }
}

async function found(trx: Transaction, id: string): Promise<PersonRow> {
  const row = await peopleQuery(trx).where('identity_people.id', id).first()
  if (!row) throw notFound('person')
  return row
}
