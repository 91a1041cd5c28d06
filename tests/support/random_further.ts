/** Random rules of the dimensions that need more than a word. */
import type { ListRule, Rule, Targeting } from '#modules/campaigns/contract'
import type { Dice } from '#tests/support/dice'
import * as words from '#tests/support/targeting_words'

/** @param targeted chance of a rule in each dimension */
export function randomFurther(dice: Dice, targeted: number): Targeting {
  const rule = <Value extends string>(values: readonly Value[], most = 3): Rule<Value> | undefined =>
    dice.chance(targeted) ? randomRule(dice, values, most) : undefined
  const list = <Item>(make: () => Item): ListRule<Item> | undefined =>
    dice.chance(targeted) ? randomList(dice, make) : undefined
  return {
    regions: rule(words.REGIONS),
    cities: rule(words.CITIES),
    timeZones: rule(words.VIEWER_ZONES),
    connectionTypes: rule(words.CONNECTIONS),
    osVersions: list(() => randomVersions(dice, words.SYSTEMS.slice(0, 4))),
    browserVersions: list(() => randomVersions(dice, words.BROWSERS.slice(0, 4))),
    sections: rule(words.SECTIONS),
    pageUrls: rule(words.PATTERNS),
    phrases: rule(words.PHRASES),
    categories: rule(words.CATEGORIES),
    areas: list(() => {
      const [latitude, longitude] = dice.pick(words.PLACES)
      return { latitude, longitude, km: dice.pick([1, 30, 500, 25_000]) }
    }),
    addresses: rule(words.NETWORKS),
    daypartZone: dice.chance(0.5) ? dice.pick(['viewer', 'campaign', ...words.ZONES]) : undefined,
  }
}

function randomVersions(dice: Dice, families: readonly string[]) {
  const kind = dice.below(3)
  const from = kind === 0 ? {} : { from: dice.pick(words.BOUNDS) }
  const to = kind === 1 ? {} : { to: dice.pick(words.BOUNDS) }
  return { family: dice.skewed(families), ...from, ...to }
}

function randomList<Item>(dice: Dice, make: () => Item): ListRule<Item> {
  const some = () => dice.times(dice.chance(0.05) ? 0 : 1 + dice.below(3), make)
  const kind = dice.below(10)
  if (kind < 6) return { include: some() }
  return kind < 9 ? { exclude: some() } : { include: some(), exclude: some() }
}

/** Include more often than exclude, now and then both (also with a value in common) or an empty list. */
export function randomRule<Value extends string>(
  dice: Dice,
  values: readonly Value[],
  most: number
): Rule<Value> {
  const some = () => (dice.chance(0.05) ? [] : dice.times(1 + dice.below(most), () => dice.skewed(values)))
  if (values.length === 0) return {}
  const kind = dice.below(10)
  if (kind < 6) return { include: some() }
  return kind < 9 ? { exclude: some() } : { include: some(), exclude: some() }
}
