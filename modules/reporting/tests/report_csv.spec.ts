import { test } from '@japa/runner'
import { ask, DAY, delivered, TODAY } from '#tests/support/report_requests'
import { deliveryWorld } from '#tests/support/report_world'

test.group('delivery report, CSV', () => {
  test('as CSV: quoted as RFC 4180 says, formulas made harmless, the same figures', async ({
    client,
    assert,
    test: running,
  }) => {
    const world = await deliveryWorld(running)
    await delivered(world)
    const query = { ...TODAY, granularity: 'hour', group: 'line_item,placement,country' }
    const json = (await ask(client, world.token, query)).body()
    const response = await ask(client, world.token, query).header('accept', 'text/csv')
    response.assertStatus(200)
    assert.match(response.header('content-type')!, /^text\/csv; charset=utf-8/)
    assert.equal(response.header('content-disposition'), `attachment; filename="delivery_${DAY}_${DAY}.csv"`)
    const [header, ...lines] = readCsv(response.text())
    assert.deepEqual(header!.slice(0, 8), [
      'time',
      'line_item',
      'line_item_name',
      'placement',
      'placement_name',
      'country',
      'requests',
      'impressions',
    ])
    assert.lengthOf(lines, json.rows.length)
    lines.forEach((cells, index) => {
      const line = Object.fromEntries(header!.map((name, column) => [name, cells[column]]))
      const row = json.rows[index]
      assert.deepInclude(line, {
        time: row.time,
        line_item: row.line_item,
        placement: row.placement,
        country: row.country,
      })
      assert.deepInclude(line, {
        impressions: String(row.impressions),
        spend: row.spend.amount,
        currency: 'EUR',
      })
      assert.equal(line.line_item_name, `'${json.names[row.line_item]}`)
    })
    const other = await ask(client, world.token, { ...query, format: 'csv' }).header(
      'accept',
      'application/json'
    )
    assert.equal(other.text(), response.text())
    ;(await ask(client, world.token, query).header('accept', '*/*')).assertHeader(
      'content-type',
      'application/json; charset=utf-8'
    )
  })
})

/** Reads CSV by the letter of RFC 4180. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let [cell, quoted] = ['', false]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (quoted && char === '"' && text[at + 1] === '"') cell += text[at++]
    else if (char === '"') quoted = !quoted
    else if (!quoted && (char === ',' || char === '\r')) {
      rows.at(-1)!.push(cell)
      cell = ''
    } else if (!quoted && char === '\n') rows.push([])
    else cell += char
  }
  return rows.slice(0, -1)
}
