/** Which modules a process hosts, by `ROLE`. A table, not a switch: a new kind of process is a new row. */
export const MODULES = [
  'kernel',
  'context',
  'privacy',
  'events',
  'identity',
  'inventory',
  'campaigns',
  'audiences',
  'fraud',
  'ml',
  'matching',
  'rtb',
  'serving',
  'billing',
  'reporting',
] as const
export type ModuleName = (typeof MODULES)[number]

export const topology: Record<string, readonly ModuleName[]> = {
  all: MODULES,
  web: MODULES,
  edge: ['kernel', 'context', 'privacy', 'events', 'audiences', 'fraud', 'ml', 'matching', 'rtb', 'serving'],
}

/** Modules of this process. An unknown role stops the boot with the roles that exist. */
export function hostedModules(role: string = process.env.ROLE ?? 'all'): readonly ModuleName[] {
  const modules = topology[role]
  if (!modules) throw new Error(`ROLE=${role} is unknown; it is one of ${Object.keys(topology).join(', ')}`)
  return modules
}
