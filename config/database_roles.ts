import { createHmac } from 'node:crypto'

/** Group roles: policies are written for them, log-in roles of each database are members. */
export const TENANT_ROLE = 'placard_tenant'
export const SYSTEM_ROLE = 'placard_system'

/** Log-in role of one database: `placard_app_at_<database>`; role names are cluster-wide, databases share no log-in. */
export function roleName(ownerUrl: string, kind: 'app' | 'system'): string {
  return `placard_${kind}_at_${decodeURIComponent(new URL(ownerUrl).pathname.slice(1)) || 'postgres'}`.slice(
    0,
    63
  )
}

/** Password of a log-in role, derived from APP_KEY so that nothing more has to be kept. */
export function rolePassword(ownerUrl: string, kind: 'app' | 'system', appKey: string): string {
  return createHmac('sha256', appKey)
    .update(`database-role:${roleName(ownerUrl, kind)}`)
    .digest('hex')
}

/** The owner's URL with another log-in. */
export function roleUrl(ownerUrl: string, kind: 'app' | 'system', appKey: string): string {
  const url = new URL(ownerUrl)
  url.username = encodeURIComponent(roleName(ownerUrl, kind))
  url.password = rolePassword(ownerUrl, kind, appKey)
  return url.href
}
