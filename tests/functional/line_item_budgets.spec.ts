import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import delivery from '#config/delivery'
import { BookDelivered } from '#modules/billing/services/book_delivered'
import { LocalDeliveryState } from '#modules/billing/services/local_delivery_state'
import { Matching } from '#modules/matching/contract'
import { BROWSER_AGENT } from '#tests/contracts/edge_answers'
import { DeliveryWorld, until } from '#tests/support/delivery_world'
import { Management } from '#tests/support/management'

const headers = { 'user-agent': BROWSER_AGENT, 'content-type': 'application/json' }
const euro = (amount: string) => ({ amount, currency: 'EUR' })

type Ad = { lineItemId: string; urls: { impression: string } }

async function decide(placementId: string): Promise<Ad | null> {
  const body = JSON.stringify({ placements: [{ id: placementId }] })
  const answer = await fetch(`${delivery.origin}/v1/decisions`, { method: 'POST', headers, body })
  return ((await answer.json()) as { decisions: { ad: Ad | null }[] }).decisions[0]!.ad
}

/** Settles and books what was tracked, and lets decisions know. */
async function bookAll(world: DeliveryWorld, impressions: number): Promise<void> {
  await world.facts({ impression: impressions })
  await (await app.container.make(BookDelivered)).run()
  await (await app.container.make(LocalDeliveryState)).refresh()
  await (await app.container.make(Matching)).refresh()
}

test.group('a line item with a budget of its own', () => {
  test(
    'stops when its {name} budget is spent, lets others of its campaign go on, and serves again when it is raised'
  )
    .with([
      { name: 'total', field: 'budgetTotal' }, // days are in modules/billing/tests, where the clock stands still
    ])
    .run(async ({ assert, client }, { field }) => {
      const world = await DeliveryWorld.create()
      const placementId = await world.placement({ sizes: [[300, 250]] })
      const dear = await world.line([300, 250], { cpm: '1000' }) // one euro an impression
      const cheap = await world.line([300, 250], { cpm: '1' })
      const api = new Management(client, await world.token())
      const path = `line-items/${dear.lineItemId}`
      await api.change(path, { [field]: euro('2') })
      await world.live(placementId)
      const winner = async () => (await decide(placementId))?.lineItemId
      await until('both line items serve', async () => (await winner()) === dear.lineItemId)
      for (let shown = 1; shown <= 2; shown++) {
        const ad = await decide(placementId)
        assert.equal(ad?.lineItemId, dear.lineItemId, `${shown - 1} of 2 euros are spent`)
        await fetch(ad!.urls.impression, { headers })
        await bookAll(world, shown)
      }
      await until('its money is gone', async () => (await winner()) === cheap.lineItemId)
      await api.change(path, { [field]: euro('2.000000001') })
      await until('it has money again', async () => {
        await bookAll(world, 2)
        return (await winner()) === dear.lineItemId
      })
    })
})
