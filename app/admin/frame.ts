import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { GeoLookup } from '#modules/context/contract'
import { type Identity, type Permission } from '#modules/identity/contract'

type Place = { href: string; label: string; exact: boolean; needs: Permission | null }

/** The navigation, in order; a place that a role does not include is not shown. */
const PLACES: readonly Place[] = [
  { href: '/admin', label: 'Dashboard', exact: true, needs: null },
  { href: '/admin/campaigns', label: 'Campaigns', exact: false, needs: 'demand.read' },
]

export type Viewer = { name: string; email: string; organisation: string; role: string }

export type AdminFrame = {
  viewer: Viewer
  places: Pick<Place, 'href' | 'label' | 'exact'>[]
  /** What the licence of the geo database asks to be shown; null when nothing. */
  attribution: string | null
  zone: string
  currency: string
  notice?: string
  error?: string
}

/** What the frame of every admin page shows: who is here, and what the last action left to say. */
export async function frameOf(ctx: HttpContext, identity: Identity): Promise<AdminFrame> {
  const { principal } = ctx
  const [geo, organisation, person] = await Promise.all([
    app.container.make(GeoLookup),
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
    places: PLACES.filter(({ needs }) => needs === null || principal.permissions.has(needs)).map(
      ({ href, label, exact }) => ({ href, label, exact })
    ),
    attribution: geo.attribution,
    zone: organisation?.timeZone ?? 'UTC',
    currency: organisation?.currency ?? 'EUR',
    notice: ctx.session.flashMessages.get('notice') as string | undefined,
    error: ctx.session.flashMessages.get('error') as string | undefined,
  }
}
