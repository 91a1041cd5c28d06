import { MODULES, type ModuleName } from '#config/topology'

/** Import order: a module may import those named before it, and only their `contract.ts` and `events.ts`. */
export const moduleOrder: readonly ModuleName[] = MODULES.filter(
  (name) => name !== 'billing' && name !== 'reporting'
)

/** The two that leave the line: what each may import besides kernel. */
export const sideModules: Partial<Record<ModuleName, readonly ModuleName[]>> = {
  billing: ['context', 'privacy', 'events', 'identity', 'inventory', 'campaigns'],
  reporting: ['context', 'privacy', 'events', 'identity', 'inventory', 'campaigns', 'billing'],
}
