/** `/api/v1/segments`, and the upload of their members. */
import { endpoint } from '#modules/kernel/http/endpoint'
import { ProblemException } from '#modules/kernel/problem'
import { resource } from '#modules/kernel/records/resource'
import MemberUpload from '#modules/audiences/services/member_upload'
import { formatOf } from '#modules/audiences/services/member_file'
import Segments from '#modules/audiences/services/segments'
import {
  segmentAnswer,
  segmentChange,
  segmentInput,
  segmentLists,
  uploadQuery,
} from '#modules/audiences/validators/segment'

resource({
  read: 'demand.read',
  write: 'demand.write',
  path: 'segments',
  one: 'segment',
  service: Segments,
  lists: segmentLists,
  input: segmentInput,
  change: segmentChange,
  answer: segmentAnswer,
})

endpoint({
  method: 'POST',
  path: '/api/v1/segments/:id/members',
  name: 'segments.upload',
  summary:
    'Takes a file of ids: CSV (text/csv) or JSON lines (application/x-ndjson), at most 80 MB and 1,000,000 lines, whole or not at all.',
  permission: 'demand.write',
  success: 200,
  idempotent: false,
  streams: true,
  query: uploadQuery,
  answer: { type: 'object', properties: { lines: { type: 'integer', minimum: 0 } }, required: ['lines'] },
  handler: async ({ ctx, params, query, make }) => {
    // Whether there is such a segment comes first, and before anything is read.
    await (await make(Segments)).find(ctx.principal, params.id!)
    const format = formatOf(ctx.request.header('content-type'))
    if (format === null) {
      throw new ProblemException(415, 'E_UNSUPPORTED_MEDIA_TYPE', {
        detail: 'Send text/csv or application/x-ndjson.',
      })
    }
    const upload = await make(MemberUpload)
    const { mode = 'add', ids: form = 'raw' } = query
    return upload.take(ctx.principal, params.id!, { mode, form, format, stream: ctx.request.request })
  },
})
