import type { Rule } from '#modules/campaigns/contract'

/** Keywords are compared lower-case and trimmed; requests bring them so. */
export function normalKeyword(keyword: string): string {
  return keyword.trim().toLowerCase()
}

export function normalRule(rule: Rule): Rule {
  return { include: rule.include?.map(normalKeyword), exclude: rule.exclude?.map(normalKeyword) }
}
