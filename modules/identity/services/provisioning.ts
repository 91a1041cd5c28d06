import { newId, type Id } from '#modules/kernel/ids'
import { isCurrency, type Currency } from '#modules/kernel/money'
import type { Tenancy } from '#modules/kernel/tenancy'
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

type NewOrganisation = { name: string; slug: string; currency: string; timeZone: string }
type NewPerson = {
  organisationId: Id<'organisation'>
  name: string
  email: string
  password: string
  role: Role
  parties?: readonly Party[]
}
type NewToken = {
  organisationId: Id<'organisation'>
  personId: Id<'person'>
  name: string
  scopes: readonly TokenScope[]
}

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

  async createOrganisation({ name, slug, currency, timeZone }: NewOrganisation): Promise<Organisation> {
    if (!isCurrency(currency)) throw new RangeError(`${currency} is no ISO 4217 currency`)
    if (!SLUG.test(slug) || slug.length > 60) {
      throw new RangeError(`${slug} is no slug: small letters, digits and single hyphens, at most 60`)
    }
    new Intl.DateTimeFormat('en', { timeZone }) // throws RangeError for a zone that does not exist
    const now = this.clock.now()
    const id = newId<'organisation'>(now)
    await this.tenancy.transaction(id, async (trx) => {
      const at = new Date(now)
      await trx.table('identity_organisations').insert({
        id,
        organisation_id: id,
        name,
        slug,
        currency,
        time_zone: timeZone,
        created_at: at,
        updated_at: at,
      })
      await appendAudit(
        trx,
        installation(id),
        [
          {
            action: 'organisation.created',
            objectType: 'organisation',
            objectId: id,
            after: { slug, currency, timeZone },
          },
        ],
        now
      )
    })
    return { id, name, slug, currency: currency as Currency, timeZone, createdAt: now }
  }

  async createPerson({
    organisationId,
    name,
    email,
    password,
    role,
    parties = [],
  }: NewPerson): Promise<Id<'person'>> {
    const address = readEmail(email)
    if (address === null) throw new RangeError(`${email} is no e-mail address`)
    const now = this.clock.now()
    const passwordHash = await this.passwords.make(password)
    return this.tenancy.transaction(organisationId, async (trx) => {
      const id = await insertPerson(
        trx,
        organisationId,
        { name, email: address, passwordHash, role, parties },
        now
      )
      await appendAudit(
        trx,
        installation(organisationId),
        [{ action: 'person.created', objectType: 'person', objectId: id, after: { role, parties } }],
        now
      )
      return id
    })
  }

  async createToken({
    organisationId,
    personId,
    name,
    scopes,
  }: NewToken): Promise<{ id: Id<'api_token'>; secret: string }> {
    const now = this.clock.now()
    return this.tenancy.transaction(organisationId, async (trx) => {
      const made = await insertToken(
        trx,
        organisationId,
        { name, scopes, createdBy: personId, expiresAt: null },
        now
      )
      await appendAudit(
        trx,
        installation(organisationId),
        [{ action: 'token.created', objectType: 'token', objectId: made.id, after: { name, scopes } }],
        now
      )
      return made
    })
  }
}
