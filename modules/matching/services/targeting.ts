import type { Rule } from '#modules/campaigns/contract'

/** True when a dimension admits a value; null = unknown, which meets no include and no exclude. */
export function admits(rule: Rule | undefined, value: string | null): boolean {
  return admitsAny(rule, value === null ? [] : [value])
}

/** The same for several values: one of them in the include (when there is one), none of them in the exclude. */
export function admitsAny(rule: Rule | undefined, values: readonly string[]): boolean {
  if (rule?.include?.length && !rule.include.some((value) => values.includes(value))) return false
  return !rule?.exclude?.some((value) => values.includes(value))
}
