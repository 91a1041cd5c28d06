import { Serving } from '#modules/serving/contract'
import { servingRoutes } from '#modules/serving/edge_routes'
import type { ServingParts } from '#modules/serving/parts'

/** Serving in this process. */
export class LocalServing extends Serving {
  readonly edgeRoutes
  constructor(parts: ServingParts) {
    super()
    this.edgeRoutes = servingRoutes(parts)
  }
}
