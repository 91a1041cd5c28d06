import app from '@adonisjs/core/services/app'
import type { ApiClient } from '@japa/api-client'
import { RollUp } from '#modules/reporting/services/roll_up'
import { factOf, type DeliveryWorld } from '#tests/support/report_world'

/** Noon UTC, three days ago. */
export const NOON = Date.parse(
  `${new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`
)
export const DAY = new Date(NOON).toISOString().slice(0, 10)
export const TODAY = { from: DAY, to: DAY, zone: 'UTC' }

export const ask = (client: ApiClient, token: string, query: Record<string, string>) =>
  client.get('/api/v1/reports/delivery').qs(query).bearerToken(token)

/** One impression per line item and placement, all of one hour. */
export async function delivered(world: DeliveryWorld): Promise<void> {
  const facts = world.lines.flatMap((line) =>
    world.spots.map((spot) =>
      factOf(world, NOON, {
        lineItemId: line.id,
        creativeId: line.creatives[0]!,
        placementId: spot.id,
        charge: line.charge,
        price: line.price,
      })
    )
  )
  await world.settle(facts)
  await (await app.container.make(RollUp)).run()
}
