import type { Tenancy } from '#modules/kernel/tenancy'
import type { Clock } from '#modules/kernel/time'
import type { PartyDirectory } from '#modules/identity/contract'
import { AccessTokens } from '#modules/identity/services/access_tokens'
import { AdminSessions } from '#modules/identity/services/admin_sessions'
import { ApiTokens } from '#modules/identity/services/api_tokens'
import { AuditInbox } from '#modules/identity/services/audit_log'
import { AuditTrail } from '#modules/identity/services/audit_trail'
import { Authenticator } from '#modules/identity/services/authenticator'
import { Housekeeping } from '#modules/identity/services/housekeeping'
import LocalIdentity from '#modules/identity/services/local_identity'
import { LoginThrottle } from '#modules/identity/services/login_throttle'
import { Organisations } from '#modules/identity/services/organisations'
import { Passwords } from '#modules/identity/services/passwords'
import { People } from '#modules/identity/services/people'
import PostgresIdempotency from '#modules/identity/services/postgres_idempotency'
import LocalProvisioning from '#modules/identity/services/provisioning'
import { Sessions } from '#modules/identity/services/sessions'

type Parts = {
  readonly tenancy: Tenancy
  readonly clock: Clock
  readonly directory: PartyDirectory
  readonly appKey: string
}
export type IdentityServices = ReturnType<typeof assemble>

/** Puts the services of the module together; a test may do so with a clock of its own. */
export function assemble({ tenancy, clock, directory, appKey }: Parts) {
  const passwords = new Passwords()
  const accessTokens = new AccessTokens(appKey)
  const authenticator = new Authenticator(tenancy, clock, accessTokens)
  const sessions = new Sessions(tenancy, clock, accessTokens, passwords, new LoginThrottle(tenancy, appKey))
  return {
    identity: new LocalIdentity(
      tenancy,
      authenticator,
      sessions,
      new AdminSessions(tenancy, clock, authenticator)
    ),
    provisioning: new LocalProvisioning(tenancy, clock, passwords),
    idempotency: new PostgresIdempotency(tenancy, clock, appKey),
    housekeeping: new Housekeeping(tenancy, clock),
    sessions,
    organisations: new Organisations(tenancy, clock),
    people: new People(tenancy, clock, passwords, sessions, directory),
    apiTokens: new ApiTokens(tenancy, clock),
    auditInbox: new AuditInbox(tenancy),
    auditTrail: new AuditTrail(tenancy),
  }
}
