import { Readable } from 'node:stream'
import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { problem } from '#modules/kernel/problem'
import AssetStore from '#modules/campaigns/services/asset_store'

/**
 * Serves creative assets. An address names its content, so it may be kept for ever; the sandbox and `nosniff` keep
 * a file from ever being more than a picture. No cookie is read or set.
 */
@inject()
export default class AssetsController {
  constructor(private assets: AssetStore) {}

  async show({ request, response, params }: HttpContext) {
    const { hash, file } = params as { hash: string; file: string }
    const asset = await this.assets.find(hash, file)
    response.header('x-content-type-options', 'nosniff')
    response.header('content-security-policy', `sandbox; default-src 'none'`)
    if (!asset) return problem(response, 404, 'E_NOT_FOUND', { detail: 'There is no such asset.' })
    const etag = `"${hash}"`
    response.header('etag', etag)
    response.header('cache-control', 'public, max-age=31536000, immutable')
    response.header('cross-origin-resource-policy', 'cross-origin')
    if (names(request.header('if-none-match'), etag)) return response.status(304).send('')
    response.header('content-type', asset.mediaType)
    response.header('content-length', asset.bytes)
    return response.stream(request.method() === 'HEAD' ? Readable.from([]) : await asset.open())
  }
}

/** Whether If-None-Match names this ETag; weak comparison. @source RFC 9110 §13.1.2 */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
}
