import { endpoint } from '#modules/kernel/http/endpoint'
import { pageSchema, schemaRef } from '#modules/kernel/http/openapi'
import type { Services } from '#modules/identity/routes/index'
import { auditSchema } from '#modules/identity/routes/schemas'
import { auditList } from '#modules/identity/services/audit_trail'

const ENTRY = schemaRef('AuditEntry', auditSchema)

export function mountAudit(services: Services): void {
  endpoint({
    method: 'GET',
    path: '/api/v1/audit',
    name: 'audit.list',
    summary: 'Who changed what, newest first.',
    permission: 'audit.read',
    query: auditList.query,
    answer: pageSchema(ENTRY),
    handler: async ({ ctx, query }) => (await services()).auditTrail.list(ctx.principal, query),
  })
}
