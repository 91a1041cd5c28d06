import type { HttpContext } from '@adonisjs/core/http'
import { ProblemException } from '#modules/kernel/problem'
import { endpoint } from '#modules/kernel/http/endpoint'
import { invalid } from '#modules/kernel/http/failures'
import { Reporting, type ReportFailure } from '#modules/reporting/contract'
import { deliveryValidator, queryOf, unknownParameter } from '#modules/reporting/controllers/delivery_query'
import { csvFileName, deliveryCsv } from '#modules/reporting/services/delivery_csv'

endpoint({
  method: 'GET',
  path: '/api/v1/reports/delivery',
  name: 'reports.delivery',
  summary: 'Delivery by time and group, as JSON or, with `Accept: text/csv` or `format=csv`, as CSV.',
  permission: 'reports.read',
  query: deliveryValidator,
  answer: { type: 'object', description: 'See docs/reports.md.' },
  handler: async ({ ctx, query: input, make }) => {
    const stranger = unknownParameter(Object.keys(ctx.request.qs()))
    if (stranger !== undefined) throw invalid(stranger.slice(0, 64), 'unknown', 'There is no such parameter.')
    const query = queryOf(input)
    const reporting = await make(Reporting)
    const report = await reporting.delivery(ctx.principal, query)
    if (!report.ok) throw problemOf(report.error)
    if (!wantsCsv(ctx, input.format)) return report.value
    ctx.response
      .header('content-type', 'text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${csvFileName(report.value)}"`)
    return ctx.response.send(deliveryCsv(report.value, [...new Set(query.group)]))
  },
})

function wantsCsv({ request, response }: HttpContext, format: string | undefined): boolean {
  response.vary('accept')
  if (format !== undefined) return format === 'csv'
  return request.accepts(['application/json', 'text/csv']) === 'text/csv'
}

function problemOf(failure: ReportFailure): ProblemException {
  switch (failure.type) {
    case 'invalid':
      return invalid(failure.field, 'report', `The ${failure.field} parameter ${failure.detail}.`)
    case 'not_found':
      return new ProblemException(404, 'E_NOT_FOUND', {
        field: failure.field,
        detail: `The ${failure.field} parameter ${failure.detail}.`,
      })
    case 'too_large':
      return new ProblemException(422, 'E_REPORT_TOO_LARGE', { detail: `${failure.detail}.` })
  }
}
