import { SIZES, type SizeName } from '#app/demo/network'
import { SeededRandom } from '#modules/kernel/random'
import type { Id } from '#modules/kernel/ids'

const SEED = 20_261_121
const COUNTRIES = [
  'US',
  'GB',
  'DE',
  'FR',
  'IN',
  'BR',
  'ES',
  'IT',
  'NL',
  'SE',
  'PL',
  'JP',
  'CA',
  'AU',
  'MX',
  'ID',
]
const DEVICES = ['smartphone', 'desktop', 'tablet', 'tv', 'phablet']
const SYSTEMS = ['Android', 'iOS', 'Windows', 'Mac', 'GNU/Linux']
const LANGUAGES = ['en', 'de', 'es', 'fr', 'pt', 'it', 'nl', 'sv']
const KEYWORDS = [
  'news',
  'travel',
  'food',
  'city',
  'weather',
  'baking',
  'coffee',
  'home',
  'sports',
  'cars',
  'music',
  'finance',
]

/**
 * Line items for load tests, the same for the same count. Skewed as real demand is: a few values are targeted by
 * most lines (Zipf, exponent 1), most lines narrow one or two dimensions, prices are log-normal around 2 EUR.
 */
export function* lineItemsFor(
  count: number,
  creatives: ReadonlyMap<SizeName, Id<'creative'>>
): Generator<Record<string, unknown>> {
  const random = new SeededRandom(SEED)
  const unit = () => random.uint32() / 2 ** 32
  const zipf = <T>(values: readonly T[]): T =>
    values[Math.min(values.length - 1, Math.floor(values.length ** unit()) - 1)]!
  const some = <T>(values: readonly T[], most: number) => ({
    include: [...new Set(Array.from({ length: 1 + Math.floor(unit() * most) }, () => zipf(values)))],
  })
  const sizes = Object.keys(SIZES) as SizeName[]
  for (let number = 1; number <= count; number++) {
    const gauss = Math.sqrt(-2 * Math.log(unit() || 1e-9)) * Math.cos(2 * Math.PI * unit())
    const cents = Math.max(30, Math.min(2_000, Math.round(200 * Math.exp(0.5 * gauss))))
    const chosen = sizes.filter(() => unit() < 0.4)
    yield {
      name: `Load ${String(number).padStart(6, '0')}`,
      tier: 'price_priority',
      status: 'active',
      price: {
        model: 'cpm',
        amount: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
        currency: 'EUR',
      },
      targeting: {
        ...(unit() < 0.6 ? { countries: some(COUNTRIES, 4) } : {}),
        ...(unit() < 0.35 ? { deviceTypes: some(DEVICES, 2) } : {}),
        ...(unit() < 0.15 ? { operatingSystems: some(SYSTEMS, 2) } : {}),
        ...(unit() < 0.25 ? { languages: some(LANGUAGES, 2) } : {}),
        ...(unit() < 0.2 ? { keywords: some(KEYWORDS, 3) } : {}),
      },
      creatives: (chosen.length > 0 ? chosen : [zipf(sizes)]).map((size) => ({
        creativeId: creatives.get(size),
        weight: 100,
      })),
    }
  }
}
