import type { VineObject, VineValidator } from '@vinejs/vine'
import type { SchemaTypes } from '@vinejs/vine/types'
import type { Validator } from '#modules/kernel/http/input'
import { allInvalid } from '#modules/kernel/records/refusals'

type AnyObject = VineObject<Record<string, SchemaTypes>, unknown, unknown, unknown>
type Readable<Output> = Pick<VineValidator<AnyObject, undefined>, 'schema' | 'toJSONSchema'> & {
  validate(data: unknown): Promise<Output>
}

/**
 * The same validator, which also refuses null where null means nothing. VineJS reads such a null as absence, and a
 * change to null would look as if it were made. Where null is allowed it stays null and clears the field.
 * @throws ProblemException 422 that names every such field; E_VALIDATION_ERROR of VineJS
 */
export function withoutLostNulls<Output>(validator: Readable<Output>): Validator<Output> {
  const known = Object.keys(validator.schema.getProperties())
  return {
    toJSONSchema: () => validator.toJSONSchema(),
    async validate(raw) {
      const output = await validator.validate(raw)
      const [sent, read] = [raw as Record<string, unknown>, output as Record<string, unknown>]
      const lost = known.filter((name) => sent[name] === null && read[name] === undefined)
      if (lost.length === 0) return output
      const detail = (name: string) => `The ${name} field cannot be null`
      throw allInvalid(lost.map((field) => ({ field, code: 'required', detail: detail(field) })))
    },
  }
}
