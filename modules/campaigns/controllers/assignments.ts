import { endpoint } from '#modules/kernel/http/endpoint'
import type { Validator } from '#modules/kernel/http/input'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import { ifMatch, tagged } from '#modules/kernel/records/resource'
import LineItems from '#modules/campaigns/services/line_items'
import { assignmentsInput, type LineItemInput } from '#modules/campaigns/validators/inputs'

type Assignments = Required<Pick<LineItemInput, 'creatives'>>

/** The list itself, or an object that holds it; faults name `creatives.<position>.<field>` either way. */
const body: Validator<Assignments> = {
  takesArrays: true,
  validate: (raw) => assignmentsInput.validate(Array.isArray(raw) ? { creatives: raw } : raw),
  toJSONSchema: () => assignmentsInput.toJSONSchema().properties!.creatives as object,
}

/** `PUT /api/v1/line-items/:id/creatives` replaces what a line item shows. */
export function mountAssignments(answer: JsonSchema): void {
  endpoint({
    method: 'PUT',
    path: '/api/v1/line-items/:id/creatives',
    name: 'line-items.creatives',
    summary: 'Replaces the creatives of the line item; weights are shares from 1 to 1000, 100 when absent.',
    permission: 'demand.write',
    body,
    answer,
    handler: async ({ ctx, params, body: input, make }) => {
      const lineItems = await make(LineItems)
      return tagged(ctx, await lineItems.update(ctx.principal, params.id!, input, ifMatch(ctx)))
    },
  })
}
