import app from '@adonisjs/core/services/app'
import type { TestContext } from '@japa/runner/core'
import { newId, type Id } from '#modules/kernel/ids'
import type { Currency } from '#modules/kernel/money'
import { FrozenClock, type EpochMs } from '#modules/kernel/time'
import { CampaignsProvisioning } from '#modules/campaigns/contract'
import { CHARGE, FACT_KIND, type Charge, type Fact, type FactKind } from '#modules/events/contract'
import { InventoryProvisioning } from '#modules/inventory/contract'
import { idAt } from '#tests/support/events_arbitraries'
import type { Dice } from '#tests/support/dice'
import { settlementWorld } from '#tests/support/settlements'
import { createWorld, type World, type WorldOptions } from '#tests/support/world'

export type Line = {
  readonly id: Id<'line_item'>
  readonly campaignId: Id<'campaign'>
  readonly advertiserId: Id<'advertiser'>
  readonly creatives: readonly Id<'creative'>[]
  readonly charge: Charge
  readonly price: number
}
export type Spot = { readonly id: Id<'placement'>; readonly publisherId: Id<'publisher'> }
export type DeliveryWorld = World & {
  readonly lines: readonly Line[]
  readonly spots: readonly Spot[]
  /** Logs facts and settles them, as in production; repeats become duplicates. */
  settle(facts: readonly Fact[]): Promise<void>
}

/** Two advertisers with two campaigns of two line items each, two publishers with two placements each. */
export async function deliveryWorld(
  test: TestContext['test'],
  options: WorldOptions = {}
): Promise<DeliveryWorld> {
  const world = await createWorld(options)
  const { currency } = world.organisation
  const lines: Line[] = []
  const spots: Spot[] = []
  for (const name of ['North', 'South']) {
    lines.push(...(await advertiserLines(world.organisation.id, name, currency)))
    spots.push(...(await publisherSpots(world.organisation.id, name)))
  }
  const settling = await settlementWorld(test)
  const settle = async (facts: readonly Fact[]) => {
    const log = settling.log()
    await Promise.all(facts.map((fact) => log.append(fact)))
    await log.close()
    // facts of long ago are settled as they were then
    const clock = new FrozenClock(Math.max(...facts.map((fact) => fact.receivedAt)))
    while ((await settling.settlement({ clock }).run()) > 0);
  }
  return { ...world, lines, spots, settle }
}

async function advertiserLines(
  organisationId: Id<'organisation'>,
  name: string,
  currency: string
): Promise<Line[]> {
  const demand = await app.container.make(CampaignsProvisioning)
  const advertiserId = await demand.createAdvertiser(organisationId, { name: `=${name} "Shoes", Ltd` })
  const lines: Line[] = []
  for (const campaign of ['spring', 'autumn']) {
    const campaignId = await demand.createCampaign(organisationId, {
      advertiserId,
      name: `-${name} ${campaign}`,
    })
    for (const model of ['cpm', 'cpc'] as const) {
      const price = { model, amount: model === 'cpm' ? '1.234567' : '0.345678901', currency }
      const id = await demand.createLineItem(organisationId, {
        campaignId,
        name: `@${model}, ${name}`,
        tier: 'price_priority',
        price,
      })
      const [charge, perFact] = model === 'cpm' ? [CHARGE.cpm, 1_234_567] : [CHARGE.cpc, 345_678_901]
      lines.push({ id, campaignId, advertiserId, charge, price: perFact, creatives: [newId(), newId()] })
    }
  }
  return lines
}

async function publisherSpots(organisationId: Id<'organisation'>, name: string): Promise<Spot[]> {
  const supply = await app.container.make(InventoryProvisioning)
  const publisherId = await supply.createPublisher(organisationId, { name })
  const siteId = await supply.createSite(organisationId, {
    publisherId,
    name,
    type: 'site',
    domain: 'example.test',
  })
  const spots: Spot[] = []
  for (const size of [
    { width: 300, height: 250 },
    { width: 728, height: 90 },
  ]) {
    spots.push({
      publisherId,
      id: await supply.createPlacement(organisationId, {
        siteId,
        name: `${name} ${size.width}`,
        sizes: [size],
      }),
    })
  }
  return spots
}

/** A fact of one ad; `at` is the issue time. */
export function factOf(world: DeliveryWorld, at: number, change: Partial<Fact> = {}): Fact {
  const [line, spot] = [world.lines[0]!, world.spots[0]!]
  return {
    kind: FACT_KIND.impression,
    id: idAt(at),
    organisationId: world.organisation.id,
    placementId: spot.id,
    lineItemId: line.id,
    creativeId: line.creatives[0]!,
    charge: line.charge,
    price: line.price,
    currency: world.organisation.currency as Currency,
    purposes: 0,
    subjectRef: null,
    country: 'DE',
    device: 0,
    filter: null,
    receivedAt: (at + 1_000) as EpochMs,
    ...change,
  }
}

/** Ads issued at random times of the range with the facts that followed, some filtered, some repeated, in random order. */
export function randomHistory(
  world: DeliveryWorld,
  dice: Dice,
  ads: number,
  from: number,
  to: number
): Fact[] {
  const facts: Fact[] = []
  for (let ad = 0; ad < ads; ad++) {
    const at = from + dice.below(to - from)
    const line = dice.pick(world.lines)
    const dimensions = {
      id: idAt(at),
      placementId: dice.pick(world.spots).id,
      country: dice.pick(['DE', 'FR', 'US', null]),
      device: dice.pick([0, 1, 2, null]),
    }
    if (dice.chance(0.1)) {
      const unfilled = { lineItemId: null, creativeId: null, charge: CHARGE.none, price: 0 }
      facts.push(factOf(world, at, { ...dimensions, ...unfilled, kind: FACT_KIND.request }))
      continue
    }
    const ours = {
      lineItemId: line.id,
      creativeId: dice.pick(line.creatives),
      charge: line.charge,
      price: line.price,
    }
    for (const kind of kindsOf(dice)) {
      const filter = dice.chance(0.12) ? dice.pick(['bot', 'late'] as const) : null
      const fact = factOf(world, at, { ...dimensions, ...ours, kind, filter })
      for (let copy = 0; copy < (dice.chance(0.15) ? 3 : 1); copy++) facts.push(fact)
    }
  }
  return facts
    .map((fact) => [dice.uint32(), fact] as const)
    .sort(([left], [right]) => left - right)
    .map(([, fact]) => fact)
}

function kindsOf(dice: Dice): FactKind[] {
  const kinds: FactKind[] = [FACT_KIND.request]
  if (dice.chance(0.85)) kinds.push(FACT_KIND.impression)
  if (dice.chance(0.5)) kinds.push(FACT_KIND.viewable)
  if (dice.chance(0.7)) kinds.push(FACT_KIND.measurable)
  if (dice.chance(0.2)) kinds.push(FACT_KIND.click)
  if (dice.chance(0.1)) kinds.push(FACT_KIND.conversion)
  return kinds
}
