import { type symbols } from '@vinejs/vine'
import type { SchemaTypes } from '@vinejs/vine/types'
import type { ChainableContract } from '@adonisjs/lucid/types/querybuilder'
import { parsed } from '#modules/kernel/http/parsed_type'

/** What a query parameter accepts and how it narrows the list. */
export type Filter = {
  readonly type: SchemaTypes
  apply(query: ChainableContract, value: unknown): void
}
type Optional<Output> = SchemaTypes & { [symbols.OTYPE]: Output | undefined }
type Readable<Output> = { optional(): Optional<Output> }

/** A filter with an effect of its own. `type` is a shared rule such as `uuidId()`; it becomes optional here. */
export function filterBy<Output>(
  type: Readable<Output>,
  apply: (query: ChainableContract, value: Output) => void
): Filter {
  return { type: type.optional(), apply: (query, value) => apply(query, value as Output) }
}

/** `?advertiserId=…`: the column equals the value. */
export function equals<Output extends string | number | boolean>(
  column: string,
  type: Readable<Output>
): Filter {
  return filterBy(type, (query, value) => void query.where(column, value))
}

/** `?status=draft,active`: the column is one of the values. */
export function oneOf(column: string, values: readonly string[]): Filter {
  const schema = {
    type: 'string',
    examples: [values.slice(0, 2).join(',')],
    description: `One or several of ${values.join(', ')}, separated by commas.`,
  }
  const type = parsed<string, string[]>('choices', schema, (value) => {
    const asked = typeof value === 'string' && value.length <= 1000 ? value.split(',') : []
    const known = asked.length > 0 && asked.every((choice) => values.includes(choice))
    return known
      ? { value: asked }
      : { expected: `one or several of ${values.join(', ')}, separated by commas` }
  })
  return filterBy(type, (query, value) => void query.whereIn(column, value))
}
