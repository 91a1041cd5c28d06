import delivery from '#config/delivery'
import { edgeAnswers, type EdgeUnderTest } from '#tests/contracts/edge_answers'
import { DeliveryWorld } from '#tests/support/delivery_world'

let world: Promise<EdgeUnderTest> | null = null

async function make(): Promise<EdgeUnderTest> {
  const landingUrl = 'https://shop.example/landing?a=1&b=2'
  const created = await DeliveryWorld.create()
  const placementId = await created.placement({ sizes: [[300, 250]] })
  await created.line([300, 250], { landingUrl })
  await created.live(placementId)
  return { url: delivery.origin, placementId, landingUrl }
}

edgeAnswers('behind AdonisJS', () => (world ??= make()))
