import vine from '@vinejs/vine'
import { endpoint } from '#modules/kernel/http/endpoint'
import { ProblemException } from '#modules/kernel/problem'
import { WhyNotServing } from '#modules/matching/samples/why'

const MOST_HOURS = 672 // as long as samples are kept
const DEFAULT_HOURS = 24

const query = vine.create({ hours: vine.number().withoutDecimals().min(1).max(MOST_HOURS).optional() })

endpoint({
  method: 'GET',
  path: '/api/v1/line-items/:id/why',
  name: 'line_items.why',
  summary:
    'Why a line item does not serve, over live and recent traffic: one reason for each request, and what to change.',
  permission: 'demand.read',
  query,
  answer: { type: 'object', description: 'See docs/explain.md.' },
  handler: async ({ ctx, params, query: { hours }, make }) => {
    const why = await (await make(WhyNotServing)).of(ctx.principal, params.id ?? '', hours ?? DEFAULT_HOURS)
    if (!why) {
      throw new ProblemException(404, 'E_NOT_FOUND', { detail: 'There is no such line item.', field: 'id' })
    }
    return why
  },
})
