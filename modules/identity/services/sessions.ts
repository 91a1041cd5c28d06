import { setTimeout as wait } from 'node:timers/promises'
import { newId, type Id } from '#modules/kernel/ids'
import { err, ok, type Result } from '#modules/kernel/result'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'
import { DAY_MS, type Clock } from '#modules/kernel/time'
import type { LoginFailure, Tokens } from '#modules/identity/contract'
import { readEmail } from '#modules/identity/email'
import { ACCESS_SECONDS, type AccessTokens } from '#modules/identity/services/access_tokens'
import type { LoginThrottle } from '#modules/identity/services/login_throttle'
import { PASSWORD_MOST, PasswordsBusy, type Passwords } from '#modules/identity/services/passwords'
import { isSecret, newSecret, REFRESH_TOKEN_PREFIX, secretHash } from '#modules/identity/services/secrets'

export const REFRESH_DAYS = 30

export type Member = { readonly personId: Id<'person'>; readonly organisationId: Id<'organisation'> }
type RefreshRow = {
  id: string
  organisation_id: Id<'organisation'>
  person_id: Id<'person'>
  family_id: string
  expires_at: Date
  used_at: Date | null
  revoked_at: Date | null
}

/** Log-ins by password, and the chain of refresh tokens that each starts. */
export class Sessions {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly accessTokens: AccessTokens,
    private readonly passwords: Passwords,
    private readonly throttle: LoginThrottle
  ) {}

  /**
   * Checks an e-mail and a password. An unknown e-mail, a wrong password and a person without a membership fail alike,
   * after the same work.
   * @param from  address of the client; counted by its network
   */
  async logIn(email: string, password: string, from: string): Promise<Result<Member, LoginFailure>> {
    const address = readEmail(email) ?? ''
    const admission = await this.throttle.admit(address, from, this.clock.now())
    if (!admission.allowed) return err({ type: 'throttled', retryAfterSeconds: admission.retryAfterSeconds })
    await wait(admission.delayMs)
    const found = await this.tenancy.system((trx) => personByEmail(trx, address))
    try {
      const right = await this.passwords.check(
        found?.password_hash ?? null,
        password.slice(0, PASSWORD_MOST * 2)
      )
      if (!right || !found) return err({ type: 'invalid_credentials' })
    } catch (error) {
      if (error instanceof PasswordsBusy) return err({ type: 'throttled', retryAfterSeconds: 2 })
      throw error
    }
    await this.throttle.forget(address, from)
    return ok({ personId: found.person_id, organisationId: found.organisation_id })
  }

  /** Starts a family of refresh tokens for someone who has just proved who they are. */
  async open(member: Member): Promise<Tokens> {
    return this.tenancy.system((trx) => this.issue(trx, member, newId<'refresh_family'>(this.clock.now())))
  }

  /**
   * Exchanges a refresh token for the next one. Each works once: when a used one comes back, someone else has a copy,
   * and the whole family ends, with its access tokens. Null when it is not to be had.
   */
  async refresh(refreshToken: string): Promise<Tokens | null> {
    if (!isSecret(refreshToken)) return null
    const now = this.clock.now()
    return this.tenancy.system(async (trx) => {
      const query = trx.from('identity_refresh_tokens').where('secret_hash', secretHash(refreshToken))
      const row: RefreshRow | null = await query.clone().forUpdate().first()
      if (!row || row.revoked_at !== null || row.expires_at.getTime() <= now) return null
      if (row.used_at !== null) {
        await this.end(trx, row.family_id)
        return null
      }
      const member = { personId: row.person_id, organisationId: row.organisation_id }
      const stillMember = await trx
        .from('identity_memberships')
        .where({ person_id: member.personId, organisation_id: member.organisationId })
        .first()
      if (!stillMember) return null
      await query.update({ used_at: new Date(now) })
      return this.issue(trx, member, row.family_id)
    })
  }

  /** Ends the log-in that a refresh token belongs to; says nothing about whether there was one. */
  async logOut(refreshToken: string): Promise<void> {
    if (!isSecret(refreshToken)) return
    await this.tenancy.system(async (trx) => {
      const row: RefreshRow | null = await trx
        .from('identity_refresh_tokens')
        .where('secret_hash', secretHash(refreshToken))
        .first()
      if (row) await this.end(trx, row.family_id)
    })
  }

  /** Ends every log-in of a person, inside the transaction of what made it necessary. */
  async endAll(trx: Transaction, personId: Id<'person'>): Promise<void> {
    const open = trx.from('identity_refresh_tokens').where('person_id', personId).whereNull('revoked_at')
    await open.update({ revoked_at: new Date(this.clock.now()) })
  }

  private async end(trx: Transaction, familyId: string): Promise<void> {
    await trx
      .from('identity_refresh_tokens')
      .where('family_id', familyId)
      .whereNull('revoked_at')
      .update({ revoked_at: new Date(this.clock.now()) })
  }

  private async issue(
    trx: Transaction,
    { personId, organisationId }: Member,
    familyId: string
  ): Promise<Tokens> {
    const now = this.clock.now()
    const person = await trx
      .from('identity_people')
      .where('id', personId)
      .select('credentials_version')
      .firstOrFail()
    const refreshToken = newSecret(REFRESH_TOKEN_PREFIX)
    await trx.table('identity_refresh_tokens').insert({
      id: newId<'refresh_token'>(now),
      organisation_id: organisationId,
      person_id: personId,
      family_id: familyId,
      secret_hash: secretHash(refreshToken),
      created_at: new Date(now),
      expires_at: new Date(now + REFRESH_DAYS * DAY_MS),
    })
    const claims = {
      personId,
      organisationId,
      familyId,
      credentialsVersion: Number(person.credentials_version),
    }
    return { accessToken: await this.accessTokens.sign(claims, now), refreshToken, expiresIn: ACCESS_SECONDS }
  }
}

type LoginRow = { person_id: Id<'person'>; organisation_id: Id<'organisation'>; password_hash: string }

/** The person of an address with the organisation to log in to: the home one, else the one joined first. */
async function personByEmail(trx: Transaction, email: string): Promise<LoginRow | null> {
  return trx
    .from('identity_people as person')
    .join('identity_memberships as member', 'member.person_id', 'person.id')
    .where('person.email', email)
    .orderByRaw('(member.organisation_id = person.organisation_id) desc, member.created_at')
    .select('person.id as person_id', 'member.organisation_id', 'person.password_hash')
    .first()
}
