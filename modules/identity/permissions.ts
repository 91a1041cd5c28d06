/** Who may do what: the one matrix role × permission, and what the scopes of API tokens let through. */
import { PERMISSIONS, type Permission, type Role, type TokenScope } from '#modules/identity/contract'

const READS = PERMISSIONS.filter((permission) => permission.endsWith('.read'))

const OWN_TOKENS: readonly Permission[] = ['tokens.read', 'tokens.write']

/**
 * - `owner`, `admin`: everything; only an owner makes, changes or removes an owner (`services/people.ts`).
 * - `advertiser`, `publisher`: their own parties only; whoever reads or writes demand or supply narrows by
 *   `Principal.parties`. A name of the other side is never theirs to read.
 * - `finance`: money, and what it is paid for.
 * - `auditor`: the audit log and the requests of the people whose data it is.
 * - `viewer`: sees everything, changes nothing.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS,
  advertiser: [
    'organisation.read',
    'demand.read',
    'demand.write',
    'conversions.write',
    'reports.read',
    ...OWN_TOKENS,
  ],
  publisher: ['organisation.read', 'supply.read', 'supply.write', 'reports.read', ...OWN_TOKENS],
  finance: [
    'organisation.read',
    'billing.read',
    'billing.write',
    'reports.read',
    'demand.read',
    'supply.read',
    ...OWN_TOKENS,
  ],
  auditor: ['organisation.read', 'audit.read', 'privacy.manage', ...OWN_TOKENS],
  viewer: READS,
}

/** What a scope lets through of its creator's rights. */
export const SCOPE_PERMISSIONS: Readonly<Record<TokenScope, readonly Permission[]>> = {
  management: PERMISSIONS.filter(
    (permission) => !['reports.read', 'privacy.manage', 'conversions.write'].includes(permission)
  ),
  reports: ['organisation.read', 'reports.read'],
  privacy: ['organisation.read', 'privacy.manage'],
  conversions: ['conversions.write'],
}

/** Roles whose membership is limited to parties, and of which type those are. */
export const PARTY_OF_ROLE: Partial<Record<Role, 'advertiser' | 'publisher'>> = {
  advertiser: 'advertiser',
  publisher: 'publisher',
}

/** Rights of a role, narrowed by a token's scopes when there is a token. */
export function permissionsOf(role: Role, scopes: readonly TokenScope[] | null): ReadonlySet<Permission> {
  const allowed = ROLE_PERMISSIONS[role]
  if (scopes === null) return new Set(allowed)
  const through = new Set(scopes.flatMap((scope) => SCOPE_PERMISSIONS[scope]))
  return new Set(allowed.filter((permission) => through.has(permission)))
}

/** The permission that makes a scope what it is; who lacks it cannot hand the scope on. */
const SCOPE_CORE: Readonly<Record<TokenScope, Permission>> = {
  management: 'tokens.write',
  reports: 'reports.read',
  privacy: 'privacy.manage',
  conversions: 'conversions.write',
}

/** True when a principal with these rights may make a token of this scope: never more than it has itself. */
export function mayGrant(permissions: ReadonlySet<Permission>, scope: TokenScope): boolean {
  return permissions.has(SCOPE_CORE[scope])
}
