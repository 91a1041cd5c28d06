import type { GeoDimension } from '#modules/context/contract'
import type { Alternative, Targeting } from '#modules/campaigns/contract'

export type TargetingWarning = {
  readonly field: string
  readonly code: 'geo_unknown'
  readonly detail: string
}

/** What of the geo database each dimension goes by. */
const NEEDS = {
  countries: 'country',
  regions: 'region',
  cities: 'city',
  timeZones: 'timeZone',
  connectionTypes: 'connectionType',
  areas: 'latitude',
} as const satisfies Partial<Record<keyof Alternative, GeoDimension>>

/**
 * Rules on what the loaded geo database cannot know. They are accepted, for another database may come: until then the
 * value is unknown, so an include takes nobody and an exclude leaves out nobody.
 */
export function targetingWarnings(
  targeting: Targeting,
  known: ReadonlySet<GeoDimension>
): readonly TargetingWarning[] {
  const groups = (targeting.groups ?? []).flatMap(({ anyOf }, group) =>
    anyOf.flatMap((part, at) => warningsOf(part, known, `targeting.groups.${group}.anyOf.${at}`))
  )
  return [...warningsOf(targeting, known, 'targeting'), ...groups]
}

function warningsOf(part: Alternative, known: ReadonlySet<GeoDimension>, path: string): TargetingWarning[] {
  const missing = Object.entries(NEEDS).filter(([name, geo]) => {
    const rule = part[name as keyof typeof NEEDS]
    return Boolean(rule?.include?.length || rule?.exclude?.length) && !known.has(geo)
  })
  const fields = missing.map(([name, geo]) => [name, geo] as const)
  const clock: (readonly [string, GeoDimension])[] =
    part.daypartZone === 'viewer' && part.dayparts?.length && !known.has('timeZone')
      ? [['daypartZone', 'timeZone']]
      : []
  return [...fields, ...clock].map(([name, geo]) => ({
    field: `${path}.${name}`,
    code: 'geo_unknown' as const,
    detail: `The geo database does not know ${geo}: the value is always unknown, which meets no include`,
  }))
}
