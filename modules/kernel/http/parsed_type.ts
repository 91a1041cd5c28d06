import { BaseLiteralType, symbols } from '@vinejs/vine'
import type { FieldContext, FieldOptions, Validation } from '@vinejs/vine/types'

/** JSON Schema of an input, as far as the document needs it. @source JSON Schema 2020-12 */
export type JsonSchema = { [keyword: string]: unknown }

/** What a reader makes of an input: its value, or what was expected of it (and of which inner field). */
export type Reading<Output> =
  { readonly value: Output } | { readonly expected: string; readonly inner?: string }

type Reader<Output> = (value: unknown) => Reading<Output>
type Options<Output> = { readonly rule: string; readonly schema: JsonSchema; readonly read: Reader<Output> }

/** Names the inner field at fault: `price.amount`, not `price`. */
function innerField(field: FieldContext, inner: string | undefined): FieldContext {
  return inner === undefined
    ? field
    : { ...field, name: `${field.name}.${inner}`, getFieldPath: () => `${field.getFieldPath()}.${inner}` }
}

/**
 * A VineJS type that reads an input in one step into what the domain works with (`Money`, `EpochMs`), and knows its
 * own JSON Schema. The message says what was expected; it never repeats the input.
 */
export class ParsedType<Input, Output> extends BaseLiteralType<Input, Output, Output> {
  [symbols.SUBTYPE] = 'parsed'

  constructor(
    private readonly reading: Options<Output>,
    options?: Partial<FieldOptions>,
    validations?: Validation<unknown>[]
  ) {
    super(options, validations ?? [{ rule: readRule(reading) }])
  }

  override clone(): this {
    return new ParsedType(this.reading, this.cloneOptions(), this.cloneValidations()) as this
  }

  override toJSONSchema() {
    return structuredClone(this.reading.schema) as ReturnType<
      BaseLiteralType<Input, Output, Output>['toJSONSchema']
    >
  }
}

function readRule<Output>({ rule, read }: Options<Output>): Validation<unknown>['rule'] {
  return {
    name: rule,
    isAsync: false,
    implicit: false,
    validator: (value: unknown, _options: unknown, field: FieldContext) => {
      const reading = read(value)
      if ('value' in reading) return field.mutate(reading.value, field)
      return field.report(
        `The {{ field }} field must be ${reading.expected}`,
        rule,
        innerField(field, reading.inner)
      )
    },
  }
}

/** Makes a type from a reader; the first type parameter is what JSON carries. */
export function parsed<Input, Output>(
  rule: string,
  schema: JsonSchema,
  read: Reader<Output>
): ParsedType<Input, Output> {
  return new ParsedType<Input, Output>({ rule, schema, read })
}
