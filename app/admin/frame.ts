import type { HttpContext } from '@adonisjs/core/http'
import { Identity } from '#modules/identity/contract'

export type Viewer = { name: string; email: string; organisation: string; role: string }

/** What the frame of every admin page shows: who is here, and what the last action left to say. */
export async function frameOf(
  ctx: HttpContext,
  identity: Identity
): Promise<{ viewer: Viewer; zone: string; currency: string; notice?: string; error?: string }> {
  const { principal } = ctx
  const [organisation, person] = await Promise.all([
    identity.organisation(principal.organisationId),
    principal.personId ? identity.person(principal.personId) : null,
  ])
  return {
    viewer: {
      name: person?.name ?? '',
      email: person?.email ?? '',
      organisation: organisation?.name ?? '',
      role: principal.role,
    },
    zone: organisation?.timeZone ?? 'UTC',
    currency: organisation?.currency ?? 'EUR',
    notice: ctx.session.flashMessages.get('notice') as string | undefined,
    error: ctx.session.flashMessages.get('error') as string | undefined,
  }
}
