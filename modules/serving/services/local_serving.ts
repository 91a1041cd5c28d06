import type { EdgeRoute } from '#modules/kernel/edge'
import { Serving, type CompatibilityFront, type ExternalIds } from '#modules/serving/contract'
import { servingRoutes } from '#modules/serving/edge_routes'
import type { ServingParts } from '#modules/serving/parts'
import { frontParts } from '#modules/serving/services/front_parts'
import { timed } from '#modules/serving/services/front_routes'

/** Serving in this process. */
export class LocalServing extends Serving {
  readonly edgeRoutes: readonly EdgeRoute[]
  constructor(parts: ServingParts, fronts: readonly CompatibilityFront[], externalIds: ExternalIds) {
    super()
    const offered = frontParts(parts, externalIds)
    const foreign = fronts.flatMap((front) =>
      front.edgeRoutes(offered).map((route) => timed(front.entrance, route))
    )
    this.edgeRoutes = [...servingRoutes(parts), ...foreign]
  }
}
