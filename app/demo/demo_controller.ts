import type { HttpContext } from '@adonisjs/core/http'
import delivery from '#config/delivery'
import { PUBLICATIONS, type PublicationSlug } from '#app/demo/content'
import { readDemo, slotKey } from '#app/demo/demo_file'
import { renderPage } from '#app/admin/render'

/** `/demo`: a publisher's page with live placements, as any page would carry them. `?site=kiln` is the other one. */
export default class DemoController {
  async show(ctx: HttpContext) {
    const slug: PublicationSlug = ctx.request.qs().site === 'kiln' ? 'kiln' : 'courier'
    const demo = await readDemo()
    ctx.response.header('cache-control', 'no-store')
    if (!demo) {
      ctx.response.status(404).header('content-type', 'text/html; charset=utf-8')
      return ctx.response.send(
        '<!doctype html><html lang="en"><title>No demo</title><p>There is no demo network here. <code>node ace demo:seed</code> makes one.</p></html>'
      )
    }
    const slots = Object.fromEntries(
      demo.placements
        .filter((placement) => placement.name.startsWith(`${slug}/`))
        .map((placement) => [
          slotKey(placement.name),
          { ...placement, sizes: placement.sizes.map(([width, height]) => `${width}x${height}`).join(',') },
        ])
    )
    return renderPage(ctx, 'demo', {
      title: PUBLICATIONS[slug].publisher.name,
      ...PUBLICATIONS[slug],
      slots,
      scriptUrl: `${delivery.origin}/placard.js`,
    })
  }
}
