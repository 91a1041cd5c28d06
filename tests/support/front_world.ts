import app from '@adonisjs/core/services/app'
import { Matching } from '#modules/matching/contract'
import { ExternalIds, type ExternalKind } from '#modules/serving/contract'
import type { ExternalIdBook } from '#modules/serving/services/external_id_book'
import { DeliveryWorld, until } from '#tests/support/delivery_world'
import { send } from '#tests/support/hostile'

export const LANDING_URL = 'https://shop.example/landing?a=1&b=2'
const MOST_OPERATOR_NUMBER = 999_999_999

/** An organisation whose supply goes by the ids of another ad server, set through the management API. */
export type FrontWorld = {
  readonly world: DeliveryWorld
  readonly token: string
  /** What stands for `{{name}}` in recorded exchanges. */
  readonly values: Readonly<Record<string, string>>
}

export async function frontWorld(): Promise<FrontWorld> {
  const world = await DeliveryWorld.create()
  const rectangle = await world.placement({ sizes: [[300, 250]] })
  const small = await world.placement({ sizes: [[240, 180]] })
  const house = await world.placement({
    sizes: [[468, 60]],
    fallback: { type: 'markup', markup: '<b>Subscribe</b>' },
  })
  const empty = await world.placement({ sizes: [[970, 90]] })
  await world.line([300, 250], { landingUrl: LANDING_URL, altText: `A "shop" & <more>`, cpm: '2.500' })
  await world.line([240, 180], { landingUrl: LANDING_URL, cpm: '1.000' })
  const token = await world.token()
  const values = {
    zone: operatorNumber(),
    small: operatorNumber(),
    house: operatorNumber(),
    empty: operatorNumber(),
    site: operatorNumber(),
    publisher: operatorNumber(),
    slug: `publisher-${operatorNumber()}`,
    unknown: operatorNumber(),
    tracker: operatorNumber(),
  }
  const pixel = await createPixel(world, token)
  await world.live(empty)
  await until('the pixel serves', async () => {
    const matching = await app.container.make(Matching)
    await matching.refresh()
    return matching.engine(world.organisationId)?.snapshot.pixels?.some(({ id }) => id === pixel) === true
  })
  const publisherId = (await publisherOf(world, token))!
  const ids: [ExternalKind, string, string][] = [
    ['placement', values.zone, rectangle],
    ['placement', values.small, small],
    ['placement', values.house, house],
    ['placement', values.empty, empty],
    ['site', values.site, world.siteId],
    ['publisher', values.publisher, publisherId],
    ['publisher', values.slug, publisherId],
    ['ad_type', 'sidebar', '300x250'],
    ['pixel', values.tracker, pixel],
  ]
  for (const [kind, key, object] of ids) await setExternalId(token, kind, key, object)
  const book = (await app.container.make(ExternalIds)) as ExternalIdBook
  await until('the external ids are known', async () => {
    await book.refresh()
    return book.find('publisher', values.slug) !== null
  })
  const network = String(book.numberOf(world.organisationId, 'organisation', world.organisationId))
  return { world, token, values: { ...values, network, pixel } }
}

export async function setExternalId(token: string, kind: string, key: string, object: string | null) {
  const answer = await send('PUT', '/api/v1/external-ids', {
    token,
    body: JSON.stringify({ kind, key, object }),
  })
  if (answer.status >= 300) throw new Error(`${kind} ${key}: ${answer.status} ${answer.text}`)
}

async function createPixel({ advertiserId }: DeliveryWorld, token: string): Promise<string> {
  const body = JSON.stringify({ advertiserId, name: 'Order' })
  const { status, json, text } = await send('POST', '/api/v1/pixels', { token, body })
  if (status !== 201) throw new Error(`no pixel: ${status} ${text}`)
  return json.id as string
}

async function publisherOf(world: DeliveryWorld, token: string): Promise<string | undefined> {
  const { json } = await send('GET', `/api/v1/sites/${world.siteId}`, { token })
  return json.publisherId as string | undefined
}

function operatorNumber(): string {
  return String(1 + Math.floor(Math.random() * MOST_OPERATOR_NUMBER))
}
