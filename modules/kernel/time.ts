declare const unit: unique symbol
/** Milliseconds since 1970-01-01T00:00:00Z. The hot path counts in these; luxon stays at the edges. */
export type EpochMs = number & { readonly [unit]: 'epoch_ms' }
/** A UTC calendar day, `2026-11-21`. */
export type UtcDay = string & { readonly [unit]: 'utc_day' }

export const DAY_MS = 86_400_000
export const QUARTER_MS = 900_000

/** The clock, injected so that a test may freeze it. */
export abstract class Clock {
  abstract now(): EpochMs
}

export class SystemClock extends Clock {
  now(): EpochMs {
    return Date.now() as EpochMs
  }
}

/** A clock that stands still until it is told otherwise. */
export class FrozenClock extends Clock {
  constructor(private at: number) {
    super()
  }
  now(): EpochMs {
    return this.at as EpochMs
  }
  set(at: number): void {
    this.at = at
  }
  advance(ms: number): void {
    this.at += ms
  }
}

export function utcDay(at: number): UtcDay {
  return new Date(at).toISOString().slice(0, 10) as UtcDay
}
