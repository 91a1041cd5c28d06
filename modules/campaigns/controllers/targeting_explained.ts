import { RequestContext } from '#modules/context/contract'
import { Inventory } from '#modules/inventory/contract'
import { endpoint } from '#modules/kernel/http/endpoint'
import type { Targeting } from '#modules/campaigns/contract'
import LineItems from '#modules/campaigns/services/line_items'
import { describeTargeting, namedIn } from '#modules/campaigns/services/targeting_sentence'
import { targetingWarnings } from '#modules/campaigns/services/targeting_warnings'

const text = { type: 'string' }
const answer = {
  type: 'object',
  properties: {
    sentence: text,
    warnings: {
      type: 'array',
      items: {
        type: 'object',
        properties: { field: text, code: { const: 'geo_unknown' }, detail: text },
        required: ['field', 'code', 'detail'],
      },
    },
  },
  required: ['sentence', 'warnings'],
}

/** `GET /api/v1/line-items/:id/targeting/explain` says in English whom a line item is shown to. */
export function mountTargetingExplained(): void {
  endpoint({
    method: 'GET',
    path: '/api/v1/line-items/:id/targeting/explain',
    name: 'line-items.targeting.explain',
    summary: 'Says in plain English whom the line item is shown to, and what of it cannot work here.',
    permission: 'demand.read',
    answer,
    handler: async ({ ctx: { principal }, params, make }) => {
      const lineItems = await make(LineItems)
      const { targeting } = (await lineItems.find(principal, params.id!)) as { targeting: Targeting }
      const names = await (await make(Inventory)).names(principal.organisationId, namedIn(targeting))
      const { geoDimensions } = await make(RequestContext)
      return {
        sentence: describeTargeting(targeting, names),
        warnings: targetingWarnings(targeting, geoDimensions),
      }
    },
  })
}
