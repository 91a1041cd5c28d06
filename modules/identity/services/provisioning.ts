import { newId, type Id } from '#modules/kernel/ids'
import { isCurrency } from '#modules/kernel/money'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import {
  IdentityProvisioning,
  type Organisation,
  type Party,
  type Role,
  type TokenScope,
} from '#modules/identity/contract'
import { readEmail } from '#modules/identity/email'
import { appendAudit, installation } from '#modules/identity/services/audit_log'
import { insertPerson } from '#modules/identity/services/people_rows'
import type { Passwords } from '#modules/identity/services/passwords'
import { insertToken } from '#modules/identity/services/token_rows'

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+){0,9}$/

type Owner = { name: string; email: string; password: string }
type NewOrganisation = { name: string; slug: string; currency: string; timeZone: string; owner?: Owner }
type NewPerson = Owner & { organisationId: Id<'organisation'>; role: Role; parties?: readonly Party[] }
type NewToken = {
  organisationId: Id<'organisation'>
  personId: Id<'person'>
  name: string
  scopes: readonly TokenScope[]
}
type Prepared = { name: string; email: string; passwordHash: string; role: Role; parties: readonly Party[] }

/**
 * Makes organisations and their first people. Input comes from code and operators: what is wrong with it is thrown as
 * RangeError. Parties are taken as they are; one that does not exist lets its people see nothing.
 */
export default class LocalProvisioning extends IdentityProvisioning {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly passwords: Passwords
  ) {
    super()
  }

  async createOrganisation({ owner, ...data }: NewOrganisation): Promise<Organisation> {
    const { name, slug, currency, timeZone } = data
    if (!isCurrency(currency)) throw new RangeError(`${currency} is no ISO 4217 currency`)
    if (!SLUG.test(slug) || slug.length > 60) {
      throw new RangeError(`${slug} is no slug: small letters, digits and single hyphens, at most 60`)
    }
    new Intl.DateTimeFormat('en', { timeZone }) // throws RangeError for a zone that does not exist
    const person = owner && (await this.prepare({ ...owner, role: 'owner' }))
    const now = this.clock.now()
    const id = newId<'organisation'>(now)
    const at = new Date(now)
    const row = { id, organisation_id: id, name, slug, currency, time_zone: timeZone }
    await this.tenancy.transaction(id, async (trx) => {
      await trx.table('identity_organisations').insert({ ...row, created_at: at, updated_at: at })
      await this.tell(trx, id, 'organisation', id, { slug, currency, timeZone })
      if (person) await this.add(trx, id, person)
    })
    return { id, name, slug, currency, timeZone, createdAt: now }
  }

  async createPerson({ organisationId, ...data }: NewPerson): Promise<Id<'person'>> {
    const person = await this.prepare(data)
    return this.tenancy.transaction(organisationId, (trx) => this.add(trx, organisationId, person))
  }

  async createToken(data: NewToken): Promise<{ id: Id<'api_token'>; secret: string }> {
    const { organisationId, personId, name, scopes } = data
    const token = { name, scopes, createdBy: personId, expiresAt: null }
    return this.tenancy.transaction(organisationId, async (trx) => {
      const made = await insertToken(trx, organisationId, token, this.clock.now())
      await this.tell(trx, organisationId, 'token', made.id, { name, scopes })
      return made
    })
  }

  private async prepare(data: Omit<NewPerson, 'organisationId'>): Promise<Prepared> {
    const email = readEmail(data.email)
    if (email === null) throw new RangeError(`${data.email} is no e-mail address`)
    const passwordHash = await this.passwords.make(data.password)
    return { name: data.name, email, passwordHash, role: data.role, parties: data.parties ?? [] }
  }

  private async add(trx: Transaction, organisationId: Id<'organisation'>, person: Prepared) {
    const id = await insertPerson(trx, organisationId, person, this.clock.now())
    await this.tell(trx, organisationId, 'person', id, { role: person.role, parties: person.parties })
    return id
  }

  private tell(
    trx: Transaction,
    organisationId: Id<'organisation'>,
    objectType: string,
    objectId: string,
    after: Record<string, unknown>
  ) {
    const entry = { action: `${objectType}.created`, objectType, objectId, after }
    return appendAudit(trx, installation(organisationId), [entry], this.clock.now())
  }
}
