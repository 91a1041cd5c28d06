import type { Rule, SnapshotLineItem } from '#modules/campaigns/contract'
import { normalRule } from '#modules/matching/compile/keywords'
import { hasRanges } from '#modules/matching/compile/predicates'
import { setBit } from '#modules/matching/hot/bits'
import type { ManyValued } from '#modules/matching/hot/candidate_index'

/** Numbers the keywords, key-values and segments that rules name, and lays the rules out end to end. */
export function indexManyValued(words: number, lineItems: readonly (SnapshotLineItem | null)[]): ManyValued {
  const keywords = new Map<string, number>()
  const keyValues = new Map<string, Map<string, number>>()
  const segments = new Map<string, number>()
  const ruled = new Int32Array(words)
  const ruleStart: number[] = []
  const includeStart: number[] = []
  const excludeStart: number[] = []
  const values: number[] = []
  let valueCount = 0

  const number = (numbers: Map<string, number>, value: string): number => {
    const known = numbers.get(value) ?? valueCount++
    numbers.set(value, known)
    return known
  }
  const addRule = (line: number, rule: Rule, numbers: Map<string, number>): void => {
    if (!rule.include?.length && !rule.exclude?.length) return
    setBit(ruled, line)
    includeStart.push(values.length)
    for (const value of rule.include ?? []) values.push(number(numbers, value))
    excludeStart.push(values.length)
    for (const value of rule.exclude ?? []) values.push(number(numbers, value))
  }
  lineItems.forEach((lineItem, line) => {
    ruleStart.push(includeStart.length)
    if (lineItem?.targeting.keywords) addRule(line, normalRule(lineItem.targeting.keywords), keywords)
    for (const rule of lineItem?.targeting.keyValues ?? []) {
      if (hasRanges(rule)) continue // a predicate
      const numbers = keyValues.get(rule.key) ?? new Map<string, number>()
      keyValues.set(rule.key, numbers)
      addRule(line, rule, numbers)
    }
    if (!lineItem?.targeting.segments) return
    addRule(line, lineItem.targeting.segments, segments)
    for (const include of lineItem.targeting.segments.allOf ?? []) addRule(line, { include }, segments)
  })
  ruleStart.push(includeStart.length)
  includeStart.push(values.length)
  return {
    keywords,
    keyValues,
    segments,
    valueCount,
    ruled,
    ruleStart: Uint32Array.from(ruleStart),
    includeStart: Uint32Array.from(includeStart),
    excludeStart: Uint32Array.from(excludeStart),
    values: Uint32Array.from(values),
  }
}
