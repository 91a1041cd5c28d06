import { endpoint } from '#modules/kernel/http/endpoint'
import { openApiDocument } from '#modules/kernel/http/openapi'

endpoint({
  method: 'GET',
  path: '/api/v1/openapi.json',
  name: 'openapi',
  summary: 'This document.',
  permission: 'public',
  answer: { type: 'object' },
  handler: () => openApiDocument(),
})
