import '#modules/kernel/http/routes'
import type { IdentityServices } from '#modules/identity/services/assembly'
import { mountAudit } from '#modules/identity/routes/audit'
import { mountAuth } from '#modules/identity/routes/auth'
import { mountOrganisations } from '#modules/identity/routes/organisations'
import { mountPeople } from '#modules/identity/routes/people'
import { mountTokens } from '#modules/identity/routes/tokens'

/** Resolves the services with the first request: mounting opens no connection. */
export type Services = () => Promise<IdentityServices>

/** Mounts the endpoints of identity. */
export function mountIdentity(services: Services): void {
  mountAuth(services)
  mountOrganisations(services)
  mountPeople(services)
  mountTokens(services)
  mountAudit(services)
}
