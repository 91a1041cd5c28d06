/** HTTP of delivery and tracking. Owns no tables; nothing imports it but the app, which mounts its routes. */
import type { EdgeRoute } from '#modules/kernel/edge'

/** Module face. */
export abstract class Serving {
  /** `POST /v1/decisions`, `GET /v1/tag/:placement`, `/t/i|v|c/:token`, `/placard.js`. */
  abstract readonly edgeRoutes: readonly EdgeRoute[]
}
