/** Organisations, people, what they may do, and how a request proves who it is. */
import type { Currency } from '#modules/kernel/money'
import type { Id } from '#modules/kernel/ids'
import type { Result } from '#modules/kernel/result'
import type { EpochMs } from '#modules/kernel/time'

export const ROLES = ['owner', 'admin', 'advertiser', 'publisher', 'finance', 'auditor', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** Scopes of API tokens. A token may do at most what its scopes and its creator's role both allow. */
export const TOKEN_SCOPES = ['management', 'reports', 'privacy', 'conversions'] as const
export type TokenScope = (typeof TOKEN_SCOPES)[number]

/** Things that can be done; the matrix role × permission is in `permissions.ts` and nowhere else. */
export const PERMISSIONS = [
  'organisation.read',
  'organisation.write',
  'people.read',
  'people.write',
  'tokens.read',
  'tokens.write',
  'audit.read',
  'demand.read',
  'demand.write',
  'conversions.write',
  'supply.read',
  'supply.write',
  'reports.read',
  'billing.read',
  'billing.write',
  'privacy.manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** The party that a membership is limited to: an advertiser's people see that advertiser only. */
export type Party = { readonly type: 'advertiser' | 'publisher'; readonly id: string }

/** Who makes a request. */
export type Principal = {
  readonly organisationId: Id<'organisation'>
  readonly personId: Id<'person'> | null
  readonly tokenId: Id<'api_token'> | null
  readonly role: Role
  /** Null: the whole organisation. Else only objects of these parties exist for this principal. */
  readonly parties: readonly Party[] | null
  readonly permissions: ReadonlySet<Permission>
}

export type Organisation = {
  readonly id: Id<'organisation'>
  readonly name: string
  readonly slug: string
  readonly currency: Currency
  readonly timeZone: string
  readonly createdAt: EpochMs
}

export type Tokens = {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresIn: number
}
export type LoginFailure =
  | { readonly type: 'invalid_credentials' }
  | { readonly type: 'throttled'; readonly retryAfterSeconds: number }

/** Module face. The audit log takes in what other modules say with `recordAudit` of `kernel/audit`. */
export abstract class Identity {
  /** Checks a bearer value: JWT or API token. Null when it proves nothing. */
  abstract authenticate(bearer: string): Promise<Principal | null>
  /**
   * Principal of a person who is logged in to the admin; null when the person or membership is gone, or, with `since`,
   * when the password was changed after that log-in.
   */
  abstract principalOf(
    personId: Id<'person'>,
    organisationId: Id<'organisation'>,
    since?: EpochMs
  ): Promise<Principal | null>
  /** Starts a session of the admin, kept on the server. The id is a secret of its holder. */
  abstract openAdminSession(
    personId: Id<'person'>,
    organisationId: Id<'organisation'>
  ): Promise<Id<'admin_session'>>
  /** Who a session belongs to; null when it has ended, or its person has gone or changed the password since. */
  abstract principalOfAdminSession(id: string): Promise<Principal | null>
  /** Ends a session, wherever its cookie was copied to. Safe to repeat. */
  abstract endAdminSession(id: string): Promise<void>
  /** Checks e-mail and password (throttled, constant work for unknown e-mails). */
  abstract logIn(
    email: string,
    password: string,
    from: string
  ): Promise<Result<{ personId: Id<'person'>; organisationId: Id<'organisation'> }, LoginFailure>>
  abstract organisation(id: Id<'organisation'>): Promise<Organisation | null>
  /** All organisations; for background work. */
  abstract organisations(): Promise<readonly Organisation[]>
  abstract person(id: Id<'person'>): Promise<{ id: Id<'person'>; name: string; email: string } | null>
}

/** Seeding and operators' tools; never reachable over HTTP. */
export abstract class IdentityProvisioning {
  /** With `owner`, both are made or neither. */
  abstract createOrganisation(data: {
    name: string
    slug: string
    currency: string
    timeZone: string
    owner?: { name: string; email: string; password: string }
  }): Promise<Organisation>
  abstract createPerson(data: {
    organisationId: Id<'organisation'>
    name: string
    email: string
    password: string
    role: Role
    parties?: readonly Party[]
  }): Promise<Id<'person'>>
  /** The secret is returned once and kept only as a hash. */
  abstract createToken(data: {
    organisationId: Id<'organisation'>
    personId: Id<'person'>
    name: string
    scopes: readonly TokenScope[]
  }): Promise<{ id: Id<'api_token'>; secret: string }>
}

/**
 * Which advertisers and publishers exist: a port, because they are other modules' tables. Each module that owns a type
 * of party registers its look-up when it boots; a party of a type without a look-up does not exist.
 */
export class PartyDirectory {
  private readonly lookups = new Map<Party['type'], PartyLookup>()

  register(type: Party['type'], lookup: PartyLookup): void {
    this.lookups.set(type, lookup)
  }

  /** Those of `parties` that do not exist in the organisation, in order; empty when all do. */
  async missing(organisationId: Id<'organisation'>, parties: readonly Party[]): Promise<readonly Party[]> {
    const missing: Party[] = []
    for (const type of new Set(parties.map((party) => party.type))) {
      const asked = parties.filter((party) => party.type === type)
      const found =
        (await this.lookups.get(type)?.(
          organisationId,
          asked.map(({ id }) => id)
        )) ?? new Set<string>()
      missing.push(...asked.filter(({ id }) => !found.has(id)))
    }
    return missing
  }
}
/** Which of these ids exist in the organisation. */
export type PartyLookup = (
  organisationId: Id<'organisation'>,
  ids: readonly string[]
) => Promise<ReadonlySet<string>>

declare module '#modules/kernel/http/endpoint' {
  interface PermissionNames {
    readonly identity: Permission
  }
}

declare module '@adonisjs/core/http' {
  interface HttpContext {
    /** Set by the `api` and `admin` guards. */
    principal: Principal
  }
}
