import type { HttpContext } from '@adonisjs/core/http'
import { escapeHtml } from '#app/admin/render'
import { ADVERTISERS, HOUSES } from '#app/demo/network'

/** `/demo/landing/:advertiser`: where a click on a demo ad arrives. */
export default class LandingController {
  show({ params, response }: HttpContext) {
    const found = [...ADVERTISERS, ...HOUSES].find((one) => one.slug === params.advertiser)
    response.header('content-type', 'text/html; charset=utf-8').header('cache-control', 'no-store')
    if (!found) {
      return response
        .status(404)
        .send(
          '<!doctype html><html lang="en"><title>Nothing here</title><p>No demo advertiser has this page.</p></html>'
        )
    }
    const name = escapeHtml(found.name)
    return response.send(
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title>` +
        `<style>body{font:18px/1.6 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-content:center;text-align:center;padding:1rem;background:#f6f7f8;color:#14202b}h1{margin:0}</style>` +
        `<main><h1>${name}</h1><p>A made-up advertiser. Your click has been counted.</p><p><a href="/demo">Back to the page</a> · <a href="/admin">See it in the admin</a></p></main></html>`
    )
  }
}
