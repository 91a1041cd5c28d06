/** Where a status may go. Nothing is ever deleted: what is deleted is archived, and comes back paused. */
export type Lifecycle = Readonly<Record<string, readonly string[]>>

/** Objects that work as soon as they exist. */
export const PLAIN_LIFE: Lifecycle = {
  active: ['paused', 'archived'],
  paused: ['active', 'archived'],
  archived: ['paused'],
}

/** Objects that are prepared before they go live. */
export const DRAFTED_LIFE: Lifecycle = { draft: ['active', 'archived'], ...PLAIN_LIFE }

/** Verbs of `POST /api/v1/<collection>/:id/<verb>`: what they lead to, and the statuses that they are meant for. */
export const STATUS_VERBS = {
  activate: { to: 'active', from: ['draft', 'paused'] },
  pause: { to: 'paused', from: ['active'] },
  archive: { to: 'archived', from: ['draft', 'active', 'paused'] },
  restore: { to: 'paused', from: ['archived'] },
} as const
export type StatusVerb = keyof typeof STATUS_VERBS

/** Verbs that a status allows, in the order of `STATUS_VERBS`. */
export function allowedVerbs(life: Lifecycle, status: string): StatusVerb[] {
  const verbs = Object.keys(STATUS_VERBS) as StatusVerb[]
  return verbs.filter((verb) => {
    const { to, from } = STATUS_VERBS[verb]
    return (from as readonly string[]).includes(status) && (life[status] ?? []).includes(to)
  })
}
