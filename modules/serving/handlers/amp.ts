import type { EdgeReply, EdgeRequest, EdgeRoute } from '#modules/kernel/edge'
import { NO_BODY_BYTES } from '#modules/serving/limits'
import type { ServingParts } from '#modules/serving/parts'
import { sendDocument } from '#modules/serving/handlers/tag'
import { answerLater } from '#modules/serving/services/answers'
import { indexOf } from '#modules/serving/services/snapshot_index'
import { ampDocument, readAmpQuery } from '#modules/serving/services/tag_amp_document'
import { UNKNOWN_PLACEMENT } from '#modules/serving/services/tag_document'
import { readTagQuery } from '#modules/serving/services/tag_query'

/**
 * `GET /v1/amp/:placement`: the document of an `amp-iframe`. It decides nothing by itself: the script in it asks AMP for
 * the consent first, and `POST /v1/decisions` then, so a document that nobody looks at uses up no ad.
 */
export function ampRoutes(parts: ServingParts): EdgeRoute[] {
  const handle = (request: EdgeRequest, reply: EdgeReply) => {
    const placementId = request.params.placement!
    const engine = parts.matching.engineOf(placementId)
    if (!engine || !indexOf(engine.snapshot).placements.has(placementId)) {
      if (parts.matching.ready) return sendDocument(reply, 404, UNKNOWN_PLACEMENT)
      return answerLater(reply, 'E_NOT_READY', 'The process is still loading what it decides with.')
    }
    const query = { sizes: readTagQuery(request.query).sizes, data: readAmpQuery(request.query) }
    sendDocument(reply, 200, ampDocument(placementId, query, parts.scripts, parts.settings.origin))
  }
  return [{ method: 'GET', path: '/v1/amp/:placement', maxBodyBytes: NO_BODY_BYTES, handle }]
}
