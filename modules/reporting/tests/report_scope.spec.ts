import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { ask, delivered, TODAY } from '#tests/support/report_requests'
import { deliveryWorld } from '#tests/support/report_world'

test.group('delivery report, who sees what', () => {
  test('filters by campaign, line item and placement; what does not exist here is 404', async ({
    client,
    assert,
    test: running,
  }) => {
    const [world, other] = [await deliveryWorld(running), await deliveryWorld(running)]
    await delivered(world)
    await delivered(other)
    const [line, spot] = [world.lines[0]!, world.spots[0]!]
    const impressions = async (query: Record<string, string>) =>
      (await ask(client, world.token, { ...TODAY, ...query })).body().total.impressions
    assert.equal(await impressions({}), 32)
    assert.equal(await impressions({ campaign: line.campaignId }), 8)
    assert.equal(await impressions({ lineItem: line.id.toUpperCase() }), 4)
    assert.equal(await impressions({ line_item: `${line.id},${world.lines[1]!.id}`, placement: spot.id }), 2)
    assert.equal(await impressions({ campaign: line.campaignId, line_item: world.lines[7]!.id }), 0)
    const strangers = {
      campaign: other.lines[0]!.campaignId,
      line_item: other.lines[0]!.id,
      placement: other.spots[0]!.id,
    }
    for (const [field, id] of Object.entries(strangers)) {
      for (const wanted of [id, newId(), `${id},${newId()}`]) {
        const response = await ask(client, world.token, { ...TODAY, [field]: wanted })
        response.assertStatus(404)
        assert.deepInclude(response.body(), { code: 'E_NOT_FOUND', field })
      }
    }
  })

  test('people of a party see its delivery only, and no name or id of the other side', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    await delivered(world)
    const [line, spot] = [world.lines[0]!, world.spots[0]!]
    const advertiser = await world.person('advertiser', {
      parties: [{ type: 'advertiser', id: line.advertiserId }],
    })
    const publisher = await world.person('publisher', {
      parties: [{ type: 'publisher', id: spot.publisherId }],
    })
    const everything = { ...TODAY, granularity: 'total', group: 'campaign,line_item,creative,placement' }
    const theirs = (await ask(client, advertiser.token, everything)).body()
    const own = new Set(
      world.lines
        .filter(({ advertiserId }) => advertiserId === line.advertiserId)
        .map(({ id }) => id as string)
    )
    assert.equal(theirs.total.impressions, 16)
    assert.isTrue(
      theirs.rows.every(
        (row: Record<string, string | null>) => own.has(row.line_item!) && row.placement === null
      )
    )
    const supply = (await ask(client, publisher.token, everything)).body()
    assert.equal(supply.total.impressions, 16)
    assert.deepEqual(
      new Set(
        supply.rows.map((row: Record<string, unknown>) =>
          JSON.stringify([row.campaign, row.line_item, row.creative])
        )
      ),
      new Set(['[null,null,null]'])
    )
    assert.lengthOf(Object.keys(supply.names), 2)
    ;(await ask(client, advertiser.token, { ...TODAY, placement: spot.id })).assertStatus(404)
    ;(await ask(client, advertiser.token, { ...TODAY, line_item: world.lines[7]!.id })).assertStatus(404)
    ;(await ask(client, advertiser.token, { ...TODAY, campaign: world.lines[7]!.campaignId })).assertStatus(
      404
    )
    ;(await ask(client, publisher.token, { ...TODAY, line_item: line.id })).assertStatus(404)
    ;(await ask(client, publisher.token, { ...TODAY, placement: spot.id })).assertStatus(200)
  })
})
