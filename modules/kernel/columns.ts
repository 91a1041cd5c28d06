import { column } from '@adonisjs/lucid/orm'
import type { ColumnOptions } from '@adonisjs/lucid/types/model'
import { DateTime } from 'luxon'
import type { EpochMs } from '#modules/kernel/time'
import type { Nanos } from '#modules/kernel/money'

/** numeric(38,0) ↔ bigint; null stays null. */
export function nanosColumn(options: Partial<ColumnOptions> = {}) {
  return column({
    ...options,
    prepare: (value: Nanos | null | undefined) =>
      value === null || value === undefined ? value : value.toString(),
    consume: (value: string | null) => (value === null ? null : BigInt(value)),
  })
}

/** timestamptz ↔ milliseconds since 1970; null stays null. */
export function epochColumn(options: Partial<ColumnOptions> = {}) {
  return column({
    ...options,
    prepare: (value: EpochMs | null | undefined) =>
      value === null || value === undefined ? value : new Date(value),
    consume: (value: Date | string | null) =>
      value === null ? null : value instanceof Date ? value.getTime() : DateTime.fromSQL(value).toMillis(),
  })
}

/** jsonb ↔ plain data. */
export function jsonColumn(options: Partial<ColumnOptions> = {}) {
  return column({
    ...options,
    prepare: (value: unknown) => (value === undefined ? value : JSON.stringify(value)),
  })
}
