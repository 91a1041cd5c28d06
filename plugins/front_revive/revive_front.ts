import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { CompatibilityFront, type FrontParts } from '#modules/serving/contract'
import { ReviveDelivery } from '#plugins/front_revive/revive_delivery'

/** Where Revive's scripts lie when the web root is its folder, and when it is its `www`. */
const FOLDERS = ['/www/delivery', '/delivery'] as const
type Handle = (request: EdgeRequest, reply: EdgeReply) => void | Promise<void>

/**
 * Revive's delivery scripts. A zone is a placement under its external number. Ads count through our trackers; nothing
 * redirects anywhere but to a stored landing page, whatever `dest`, `oadest` or `ct0` say.
 */
export class ReviveFront extends CompatibilityFront {
  readonly entrance = 'revive'

  edgeRoutes(parts: FrontParts): readonly EdgeRoute[] {
    return FOLDERS.flatMap((folder) => {
      const delivery = new ReviveDelivery(parts, parts.origin + folder)
      const scripts: Readonly<Record<string, Handle>> = {
        'asyncjs.php': (_request, reply) => delivery.asyncScript(reply),
        'asyncspc.php': (request, reply) => delivery.asyncCall(request, reply),
        'spcjs.php': (request, reply) => delivery.singleCallScript(request, reply),
        'spc.php': (request, reply) => delivery.singleCall(request, reply),
        'ajs.php': (request, reply) => delivery.script(request, reply),
        'afr.php': (request, reply) => delivery.frame(request, reply),
        'avw.php': (request, reply) => delivery.image(request, reply),
        'ck.php': (request, reply) => delivery.click(request, reply),
        'cl.php': (request, reply) => delivery.click(request, reply),
        'lg.php': (request, reply) => delivery.log(request, reply),
        'ti.php': (request, reply) => delivery.conversion(request, reply),
      }
      return Object.entries(scripts).map(([file, handle]): EdgeRoute => {
        return { method: 'GET', path: `${folder}/${file}`, maxBodyBytes: 0, handle }
      })
    })
  }
}
