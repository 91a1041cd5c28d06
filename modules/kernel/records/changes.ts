export type Json = Record<string, unknown>

/** Fields that move with every change and say nothing about it. */
const QUIET = new Set(['updatedAt', 'revision'])

/**
 * The fields of two representations that differ, for the audit log. Compared as JSON, so money is compared by its
 * exact text. Both are empty objects when nothing differs.
 */
export function changes(before: Json, after: Json): { before: Json; after: Json; fields: string[] } {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const fields = [...names].filter(
    (name) => !QUIET.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name])
  )
  const pick = (from: Json) =>
    Object.fromEntries(fields.filter((name) => name in from).map((name) => [name, from[name]]))
  return { before: pick(before), after: pick(after), fields }
}
