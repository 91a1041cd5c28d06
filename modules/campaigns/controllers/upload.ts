import { readFile } from 'node:fs/promises'
import type { HttpContext } from '@adonisjs/core/http'
import { endpoint } from '#modules/kernel/http/endpoint'
import { invalid } from '#modules/kernel/http/failures'
import type { JsonSchema } from '#modules/kernel/http/parsed_type'
import { ProblemException } from '#modules/kernel/problem'
import { tagged } from '#modules/kernel/records/resource'
import Creatives from '#modules/campaigns/services/creatives'
import { MAX_IMAGE_BYTES } from '#modules/campaigns/services/images'
import { creativeInput } from '#modules/campaigns/validators/inputs'

const FILE = 'multipart/form-data only: the image, or the zip archive of an HTML5 creative'

/** The fields, and for the document the file that goes with them in a multipart body. */
const body = {
  validate: (raw: unknown) => creativeInput.validate(raw),
  validateForm: (raw: unknown) => creativeInput.validate(withNumbers(raw)),
  toJSONSchema() {
    const schema = creativeInput.toJSONSchema() as { properties: JsonSchema }
    const file = { type: 'string', format: 'binary', description: FILE }
    return { ...schema, properties: { ...schema.properties, file } }
  },
}

/** A form has text only: digits in `width` and `height` are numbers there. */
function withNumbers(raw: unknown): unknown {
  const fields: Record<string, unknown> = { ...(raw as object) }
  for (const side of ['width', 'height']) {
    const value = fields[side]
    if (typeof value === 'string' && /^[0-9]{1,5}$/.test(value)) fields[side] = Number(value)
  }
  return fields
}

/** `POST /api/v1/creatives`: multipart with an image or a zip in `file`, or JSON with markup or words. */
export function mountUpload(answer: JsonSchema): void {
  endpoint({
    method: 'POST',
    path: '/api/v1/creatives',
    name: 'creatives.create',
    summary:
      'Creates a creative: an image (multipart/form-data with `file`: PNG, JPEG, WebP or GIF), an HTML5 archive (`file`: zip), a text or third-party markup.',
    permission: 'demand.write',
    body,
    accepts: ['application/json', 'multipart/form-data'],
    answer,
    handler: async ({ ctx, body: input, make }) => {
      const upload = await uploadOf(ctx)
      return tagged(ctx, await (await make(Creatives)).createFrom(ctx.principal, input, upload))
    },
  })
}

/** Bytes of `file`; null when there is none. The body parser has put it into a temporary file and removes it. */
async function uploadOf({ request }: HttpContext): Promise<Buffer | null> {
  const [file, ...more] = request.files('file')
  if (!file) return null
  if (more.length > 0) throw invalid('file', 'single', 'The file field must be given once')
  if (file.size > MAX_IMAGE_BYTES) {
    const detail = `The file field must be at most ${MAX_IMAGE_BYTES} bytes`
    throw new ProblemException(413, 'E_BODY_TOO_LARGE', { detail, field: 'file' })
  }
  if (!file.tmpPath || file.size === 0) throw invalid('file', 'required', 'The file field must not be empty')
  return readFile(file.tmpPath)
}
