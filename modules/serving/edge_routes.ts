import type { EdgeRoute } from '#modules/kernel/edge'
import { ampRoutes } from '#modules/serving/handlers/amp'
import { mailRoutes } from '#modules/serving/handlers/mail'
import { conversionRoutes } from '#modules/serving/handlers/conversions'
import { decisionRoutes } from '#modules/serving/handlers/decisions'
import { segmentPixelRoutes } from '#modules/serving/handlers/segment_pixel'
import { scriptRoutes } from '#modules/serving/handlers/script'
import { tagRoutes } from '#modules/serving/handlers/tag'
import { trackerRoutes } from '#modules/serving/handlers/trackers'
import type { ServingParts } from '#modules/serving/parts'

/** Delivery and tracking as edge routes: mounted behind AdonisJS under `ROLE=all`, and on the edge port. */
export function servingRoutes(parts: ServingParts): EdgeRoute[] {
  return [
    ...decisionRoutes(parts),
    ...tagRoutes(parts),
    ...ampRoutes(parts),
    ...mailRoutes(parts),
    ...trackerRoutes(parts),
    ...conversionRoutes(parts),
    ...segmentPixelRoutes(parts),
    ...scriptRoutes(parts),
  ]
}
