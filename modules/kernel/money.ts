/** Money: integers with their unit in the type. Nothing here ever passes through a floating-point amount. */
declare const unit: unique symbol

/** Price of 1000 impressions in whole millionths of a currency unit: 1.50 EUR CPM = 1_500_000. */
export type CpmMicros = number & { readonly [unit]: 'cpm_micros' }
/** Whole billionths of a currency unit: 1 EUR = 1_000_000_000n. Stored as numeric(38,0). */
export type Nanos = bigint & { readonly [unit]: 'nanos' }
/** ISO 4217 alphabetic code. */
export type Currency = string & { readonly [unit]: 'currency' }
export type Money = { readonly nanos: Nanos; readonly currency: Currency }
/** Money in JSON: a decimal string exact to the nano, never a number (`docs/wire-contracts` §9). */
export type MoneyJson = { amount: string; currency: string }

export const NANOS_PER_UNIT = 1_000_000_000n
const DECIMAL = /^(-?)(\d{1,28})(?:\.(\d{1,9}))?$/
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** Exact, never rounds: N / 1e6 per 1000 impressions is N / 1e9 per impression, so N nanos. */
export function impressionCost(cpm: CpmMicros): Nanos {
  return BigInt(cpm) as Nanos
}

/** Reads `"12.3456789"` (at most 9 decimals). Null when it is not such a decimal. `-0` reads as zero. */
export function parseNanos(amount: string): Nanos | null {
  const match = DECIMAL.exec(amount)
  if (!match) return null
  const [, sign, whole, fraction = ''] = match
  const nanos = BigInt(whole!) * NANOS_PER_UNIT + BigInt(fraction.padEnd(9, '0'))
  return (sign === '-' ? -nanos : nanos) as Nanos
}

/** Always nine decimals: `1_500_000_000n` → `"1.500000000"`. */
export function formatNanos(nanos: bigint): string {
  const absolute = nanos < 0n ? -nanos : nanos
  const whole = absolute / NANOS_PER_UNIT
  const fraction = (absolute % NANOS_PER_UNIT).toString().padStart(9, '0')
  return `${nanos < 0n ? '-' : ''}${whole}.${fraction}`
}

export function isCurrency(code: string): code is Currency {
  return /^[A-Z]{3}$/.test(code) && CURRENCIES.has(code)
}

export function moneyJson(nanos: bigint, currency: string): MoneyJson {
  return { amount: formatNanos(nanos), currency }
}

/** A CPM amount in nanos as whole cpm_micros; null when it is finer than a micro or beyond 2^53. */
export function cpmMicros(nanosPerThousand: bigint): CpmMicros | null {
  if (nanosPerThousand % 1000n !== 0n) return null
  const micros = nanosPerThousand / 1000n
  return micros > BigInt(Number.MAX_SAFE_INTEGER) || micros < 0n ? null : (Number(micros) as CpmMicros)
}
