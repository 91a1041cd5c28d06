import { setTimeout as sleep } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import sharp from 'sharp'
import { newId, type Id } from '#modules/kernel/ids'
import { CampaignsProvisioning, type Targeting, type Tier } from '#modules/campaigns/contract'
import {
  FACT_KIND,
  Settlement,
  SettledFacts,
  type FactName,
  type SettledFact,
} from '#modules/events/contract'
import { IdentityProvisioning, type Party } from '#modules/identity/contract'
import { InventoryProvisioning, type SnapshotPlacement } from '#modules/inventory/contract'
import { Matching } from '#modules/matching/contract'

/** The longest that a new snapshot or a settled fact may take before a test gives up. */
const PATIENCE_MS = 15_000
const CURRENCY = 'EUR'

export type PlacementPlan = {
  readonly sizes: readonly [number, number][]
  readonly fallback?: SnapshotPlacement['fallback']
  readonly status?: string
}
export type LinePlan = {
  readonly tier?: Tier
  readonly cpm?: string
  readonly cpc?: string
  readonly cpa?: string
  readonly targeting?: Targeting
  readonly landingUrl?: string
  readonly altText?: string
  /** Third-party markup; an image of the size when absent. */
  readonly markup?: string
}
export type Line = { readonly lineItemId: Id<'line_item'>; readonly creativeId: Id<'creative'> }

/** An organisation with one publisher and one advertiser, made through the same rules that the API has. */
export class DeliveryWorld {
  private constructor(
    readonly organisationId: Id<'organisation'>,
    readonly siteId: Id<'site'>,
    readonly advertiserId: Id<'advertiser'>,
    private readonly campaignId: Id<'campaign'>,
    private readonly campaigns: CampaignsProvisioning,
    private readonly inventory: InventoryProvisioning,
    private readonly identity: IdentityProvisioning
  ) {}

  static async create(): Promise<DeliveryWorld> {
    const identity = await app.container.make(IdentityProvisioning)
    const inventory = await app.container.make(InventoryProvisioning)
    const campaigns = await app.container.make(CampaignsProvisioning)
    const { id } = await identity.createOrganisation({
      name: 'Delivery',
      slug: `delivery-${newId()}`,
      currency: CURRENCY,
      timeZone: 'Europe/Berlin',
    })
    const publisherId = await inventory.createPublisher(id, { name: 'Publisher' })
    const siteId = await inventory.createSite(id, {
      publisherId,
      name: 'Site',
      type: 'site',
      domain: 'news.example',
    })
    const advertiserId = await campaigns.createAdvertiser(id, { name: 'Advertiser' })
    const campaignId = await campaigns.createCampaign(id, {
      advertiserId,
      name: 'Campaign',
      status: 'active',
    })
    return new DeliveryWorld(id, siteId, advertiserId, campaignId, campaigns, inventory, identity)
  }

  async placement({ sizes, ...rest }: PlacementPlan): Promise<Id<'placement'>> {
    return this.inventory.createPlacement(this.organisationId, {
      siteId: this.siteId,
      name: `Placement ${newId()}`,
      sizes: sizes.map(([width, height]) => ({ width, height })),
      ...rest,
    })
  }

  /** A live line item with one creative of this size. */
  async line([width, height]: [number, number], plan: LinePlan = {}): Promise<Line> {
    const creativeId = await this.creative(width, height, plan)
    const tier = plan.tier ?? 'price_priority'
    const price = plan.cpa
      ? { model: 'cpa', amount: plan.cpa, currency: CURRENCY }
      : plan.cpc
        ? { model: 'cpc', amount: plan.cpc, currency: CURRENCY }
        : { model: 'cpm', amount: plan.cpm ?? '2.500', currency: CURRENCY }
    const lineItemId = await this.campaigns.createLineItem(this.organisationId, {
      campaignId: this.campaignId,
      name: `Line item ${newId()}`,
      tier,
      status: 'active',
      ...(tier === 'house' ? {} : { price }),
      ...(plan.targeting ? { targeting: plan.targeting } : {}),
      creatives: [{ creativeId }],
    })
    return { lineItemId, creativeId }
  }

  /** Secret of an API token of an owner, or of a member who is limited to parties. */
  async token(parties?: readonly Party[]): Promise<string> {
    const { organisationId } = this
    const personId = await this.identity.createPerson({
      organisationId,
      name: 'Person',
      email: `${newId()}@example.com`,
      password: `correct horse ${newId()}`,
      role: parties ? 'advertiser' : 'owner',
      ...(parties ? { parties } : {}),
    })
    const data = {
      organisationId,
      personId,
      name: 'Test',
      scopes: ['management', 'reports', 'conversions'] as const,
    }
    return (await this.identity.createToken(data)).secret
  }

  /** Waits until decisions go by everything that was made so far. */
  async live(placementId: string): Promise<void> {
    const matching = await app.container.make(Matching)
    await until('the snapshot has the placement', async () => {
      await matching.refresh()
      return matching.engineOf(placementId) !== null
    })
  }

  /** Settled facts of this organisation, once there are at least as many of each kind. */
  async facts(least: Partial<Record<FactName, number>>): Promise<SettledFact[]> {
    const wanted = Object.entries(least) as [FactName, number][]
    const settlement = await app.container.make(Settlement)
    const settled = await app.container.make(SettledFacts)
    let found: SettledFact[] = []
    await until(`${JSON.stringify(least)} are settled`, async () => {
      await settlement.run()
      found = await factsOf(settled, this.organisationId)
      return wanted.every(([kind, count]) => countOf(found, kind) >= count)
    })
    return found
  }

  private async creative(width: number, height: number, plan: LinePlan): Promise<Id<'creative'>> {
    const common = {
      advertiserId: this.advertiserId,
      name: `Creative ${newId()}`,
      landingUrl: plan.landingUrl ?? 'https://shop.example/landing?a=1&b=2',
      altText: plan.altText ?? 'Advertisement of a shop',
    }
    if (plan.markup !== undefined) {
      const data = { ...common, type: 'third_party', width, height, markup: plan.markup }
      return this.campaigns.createCreative(this.organisationId, data)
    }
    const background = { r: 200, g: width % 255, b: height % 255 }
    const picture = await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer()
    return this.campaigns.createCreative(this.organisationId, { ...common, type: 'image' }, picture)
  }
}

async function factsOf(settled: SettledFacts, organisationId: string): Promise<SettledFact[]> {
  const PAGE = 5000
  const found: SettledFact[] = []
  for (let after = 0n; ;) {
    const page = await settled.after(after, PAGE)
    found.push(...page.filter((fact) => fact.organisationId === organisationId))
    if (page.length < PAGE) return found
    after = page[page.length - 1]!.seq
  }
}

export function countOf(facts: readonly SettledFact[], kind: FactName): number {
  return facts.filter((fact) => fact.kind === FACT_KIND[kind]).length
}

/** Asks again until the answer is yes. */
export async function until(what: string, answer: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await answer())) {
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`)
    await sleep(50)
  }
}
