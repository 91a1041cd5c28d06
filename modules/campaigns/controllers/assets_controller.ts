import { Readable } from 'node:stream'
import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import delivery from '#config/delivery'
import { problem } from '#modules/kernel/problem'
import AssetStore, { type Asset } from '#modules/campaigns/services/asset_store'
import { ENTRY_PAGE } from '#modules/campaigns/services/bundles/bundle'
import { withClickTag } from '#modules/campaigns/services/bundles/click_tag'

/** A picture is only ever a picture. */
const PICTURE_POLICY = `sandbox; default-src 'none'`

/**
 * Serves creative assets. An address names its content, so it may be kept for ever; the sandbox and `nosniff` keep
 * a file from ever being more than it is. No cookie is read or set.
 */
@inject()
export default class AssetsController {
  constructor(private assets: AssetStore) {}

  async show({ request, response, params }: HttpContext) {
    const { hash } = params as { hash: string }
    const file = pathOf(params)
    const asset = await this.assets.find(hash, file)
    response.header('x-content-type-options', 'nosniff')
    response.header('content-security-policy', asset?.bundled ? bundlePolicy(hash, asset) : PICTURE_POLICY)
    if (!asset) return problem(response, 404, 'E_NOT_FOUND', { detail: 'There is no such asset.' })
    const etag = `"${hash}"`
    response.header('etag', etag)
    response.header('cache-control', 'public, max-age=31536000, immutable')
    response.header('cross-origin-resource-policy', 'cross-origin')
    // The sandbox gives a creative an origin of its own, so its fonts and data come from elsewhere for the browser.
    if (asset.bundled) response.header('access-control-allow-origin', '*')
    if (names(request.header('if-none-match'), etag)) return response.status(304).send('')
    response.header('content-type', asset.mediaType)
    if (asset.bundled && file === ENTRY_PAGE) {
      return response.send(withClickTag(await asset.read(), delivery.origin))
    }
    response.header('content-length', asset.bytes)
    return response.stream(request.method() === 'HEAD' ? Readable.from([]) : await asset.open())
  }
}

function pathOf(params: Record<string, unknown>): string {
  const rest = params['*']
  return Array.isArray(rest) ? rest.join('/') : String(params.file)
}

/**
 * An HTML5 creative runs scripts in an origin of its own and loads what lies beside it, nothing else: it reaches neither
 * us, nor the page, nor a third party. Its windows are ordinary ones, or no click would lead anywhere. Drawings run none.
 */
function bundlePolicy(hash: string, { mediaType }: Asset): string {
  const own = `${delivery.creativeOrigin}/c/${hash}/`
  if (!mediaType.startsWith('text/html')) {
    return `sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'`
  }
  return (
    'sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; ' +
    `default-src ${own} data: blob: 'unsafe-inline' 'unsafe-eval'; ` +
    "object-src 'none'; base-uri 'none'; form-action 'none'"
  )
}

/** Whether If-None-Match names this ETag; weak comparison. @source RFC 9110 §13.1.2 */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
}
