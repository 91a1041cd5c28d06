import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { inject } from '@adonisjs/core'
import app from '@adonisjs/core/services/app'
import delivery from '#config/delivery'
import {
  ADVERTISERS,
  CAMPAIGNS,
  HOUSES,
  PLACEMENTS,
  PUBLISHERS,
  SIZES,
  type DemoCampaign,
  type DemoLine,
  type SizeName,
} from '#app/demo/network'
import { writeDemo, type Demo, type DemoLogin } from '#app/demo/demo_file'
import { dayIn } from '#app/admin/figures'
import { CampaignsProvisioning, type Targeting } from '#modules/campaigns/contract'
import { IdentityProvisioning, type Organisation, type Party, type Role } from '#modules/identity/contract'
import { InventoryProvisioning } from '#modules/inventory/contract'
import type { Id } from '#modules/kernel/ids'
import { DAY_MS } from '#modules/kernel/time'

const ZONE = 'Europe/Copenhagen'
const CURRENCY = 'EUR'

/** Markup as an ad server of somebody else would deliver it; shows the sandboxed frame at work. */
const THIRD_PARTY_MARKUP = `<style>body{margin:0}a{display:grid;place-content:center;gap:10px;width:300px;height:250px;text-align:center;text-decoration:none;font:700 25px/1.15 system-ui,sans-serif;color:#431407;background:linear-gradient(#fb7185,#fdba74 60%,#fde68a)}b{justify-self:center;font-size:14px;background:#155e75;color:#fff;padding:10px 15px;border-radius:99px}@keyframes f{from{transform:translateX(-6px)}to{transform:translateX(6px)}}i{font-style:normal;animation:f 1.6s ease-in-out infinite alternate}</style><a href="\${CLICK_URL}" target="_blank" rel="noopener">Lisbon before<br>the weekend<i>✈</i><b>Find a flight</b></a>`

type Progress = (done: number, of: number, what: string) => void

/** Creates the demo network through the same rules that the API has, and writes `demo.json`. */
@inject()
export class DemoSeeder {
  private creatives = new Map<string, Id<'creative'>>()
  private advertisers = new Map<string, Id<'advertiser'>>()
  private sites = new Map<string, Id<'site'>>()
  private placements: Demo['placements'] = []

  constructor(
    private identity: IdentityProvisioning,
    private inventory: InventoryProvisioning,
    private campaigns: CampaignsProvisioning
  ) {}

  /**
   * @param slug  of the new organisation
   * @param extraLines  further line items for load tests, skewed as real demand is
   */
  async seed(slug: string, extraLines: number, progress: Progress): Promise<Demo> {
    const organisation = await this.identity.createOrganisation({
      name: 'Demo Network',
      slug,
      currency: CURRENCY,
      timeZone: ZONE,
    })
    progress(1, 6, 'organisation')
    const publishers = await this.supply(organisation)
    progress(2, 6, 'publishers and placements')
    await this.demand(organisation)
    progress(3, 6, 'advertisers and creatives')
    for (const campaign of CAMPAIGNS) await this.campaign(organisation, campaign)
    progress(4, 6, 'campaigns and line items')
    await this.extra(organisation, extraLines)
    progress(5, 6, extraLines > 0 ? `${extraLines} further line items` : 'no further line items')
    const demo = await this.people(organisation, publishers)
    await writeDemo(demo)
    progress(6, 6, 'log-ins')
    return demo
  }

  private async supply(organisation: Organisation): Promise<Map<string, Id<'publisher'>>> {
    const publishers = new Map<string, Id<'publisher'>>()
    for (const { slug, name, domain } of PUBLISHERS) {
      const publisherId = await this.inventory.createPublisher(organisation.id, { name, domain })
      publishers.set(slug, publisherId)
      const siteId = await this.inventory.createSite(organisation.id, {
        publisherId,
        name: domain,
        type: 'site',
        domain,
      })
      this.sites.set(slug, siteId)
      for (const { slot, sizes, floor } of PLACEMENTS) {
        const pairs = sizes.map((size) => SIZES[size])
        const data = {
          siteId,
          name: `${slug}/${slot}`,
          sizes: pairs.map(([width, height]) => ({ width, height })),
          floor: { model: 'cpm', amount: floor, currency: CURRENCY },
        }
        const id = await this.inventory.createPlacement(organisation.id, data)
        this.placements.push({
          id,
          name: data.name,
          sizes: pairs.map(([width, height]) => [width, height]),
          mediaType: 'banner',
        })
      }
    }
    return publishers
  }

  private async demand(organisation: Organisation): Promise<void> {
    const all = [
      ...ADVERTISERS.map((one) => ({ ...one, key: one.slug as string })),
      ...HOUSES.map((one) => ({ ...one, key: `house:${one.slug}` })),
    ]
    for (const { key, slug, name, alt } of all) {
      const advertiserId = await this.campaigns.createAdvertiser(organisation.id, { name })
      this.advertisers.set(key, advertiserId)
      for (const [size, [width, height]] of Object.entries(SIZES)) {
        const file = await readFile(app.makePath(`resources/demo/creatives/${slug}-${width}x${height}.png`))
        const data = {
          advertiserId,
          type: 'image',
          name: `${name} ${width}×${height}`,
          landingUrl: landing(slug),
          altText: alt,
        }
        this.creatives.set(`${key}/${size}`, await this.campaigns.createCreative(organisation.id, data, file))
      }
    }
    const verano = {
      advertiserId: this.advertisers.get('verano')!,
      type: 'third_party',
      name: 'Verano Air 300×250, animated',
      landingUrl: landing('verano'),
      width: 300,
      height: 250,
      markup: THIRD_PARTY_MARKUP,
    }
    this.creatives.set('verano/third-party', await this.campaigns.createCreative(organisation.id, verano))
  }

  private async campaign(organisation: Organisation, campaign: DemoCampaign): Promise<void> {
    const day = (offset: number) => dayIn(campaign.timeZone, Date.now() + offset * DAY_MS)
    const money = (amount: string | undefined) => (amount ? { amount, currency: CURRENCY } : null)
    const campaignId = await this.campaigns.createCampaign(organisation.id, {
      advertiserId: this.advertisers.get(campaign.advertiser),
      name: campaign.name,
      timeZone: campaign.timeZone,
      startsAt: day(campaign.days[0]),
      endsAt: day(campaign.days[1]),
      budgetTotal: money(campaign.total),
      budgetDaily: money(campaign.daily),
      status: 'active',
    })
    for (const line of campaign.lines) await this.line(organisation, campaignId, campaign.advertiser, line)
  }

  private async line(
    organisation: Organisation,
    campaignId: Id<'campaign'>,
    advertiser: string,
    line: DemoLine
  ): Promise<void> {
    const creatives = line.sizes.map((size) => ({
      creativeId: this.creatives.get(`${advertiser}/${size}`),
      weight: 100,
    }))
    if (line.name === 'Run of network') {
      creatives.push({ creativeId: this.creatives.get('verano/third-party'), weight: 100 })
    }
    await this.campaigns.createLineItem(organisation.id, {
      campaignId,
      name: line.name,
      tier: line.tier,
      targeting: this.targeting(line),
      creatives,
      status: line.status ?? 'active',
      ...(line.price ? { price: { ...line.price, currency: CURRENCY } } : {}),
      ...(line.goal ? { goal: line.goal } : {}),
      ...(line.share ? { shareOfVoice: line.share } : {}),
    })
  }

  private targeting(line: DemoLine): Targeting {
    const { sites, ...rest } = line.targeting ?? {}
    if (!sites?.include) return rest
    return { ...rest, sites: { include: sites.include.map((slug) => this.sites.get(slug)!) } }
  }

  private async extra(organisation: Organisation, count: number): Promise<void> {
    if (count === 0) return
    const { lineItemsFor } = await import('#app/demo/skewed_demand')
    const campaignId = await this.campaigns.createCampaign(organisation.id, {
      advertiserId: this.advertisers.get('brightwell'),
      name: 'Load test',
      timeZone: 'UTC',
      startsAt: dayIn('UTC', Date.now() - DAY_MS),
      endsAt: null,
      budgetTotal: null,
      budgetDaily: null,
      status: 'active',
    })
    const creatives = new Map(
      Object.keys(SIZES).map((size) => [size as SizeName, this.creatives.get(`brightwell/${size}`)!])
    )
    for (const line of lineItemsFor(count, creatives)) {
      await this.campaigns.createLineItem(organisation.id, { ...line, campaignId })
    }
  }

  private async people(organisation: Organisation, publishers: Map<string, Id<'publisher'>>): Promise<Demo> {
    const login = async (
      name: string,
      email: string,
      role: Role,
      parties?: Party[]
    ): Promise<DemoLogin & { id: Id<'person'> }> => {
      const password = `demo-${randomBytes(9).toString('base64url')}`
      const id = await this.identity.createPerson({
        organisationId: organisation.id,
        name,
        email,
        password,
        role,
        parties,
      })
      return { id, email, password }
    }
    const admin = await login('Ada Berg', `admin@${organisation.slug}.placard.example`, 'owner')
    const advertiser = await login(
      'Nils Dahl',
      `advertiser@${organisation.slug}.placard.example`,
      'advertiser',
      [{ type: 'advertiser', id: this.advertisers.get('nordlys')! }]
    )
    const publisher = await login(
      'Ida Brandt',
      `publisher@${organisation.slug}.placard.example`,
      'publisher',
      [{ type: 'publisher', id: publishers.get('courier')! }]
    )
    const auditor = await login('Rosa Lind', `auditor@${organisation.slug}.placard.example`, 'auditor')
    const token = await this.identity.createToken({
      organisationId: organisation.id,
      personId: admin.id,
      name: 'Demo',
      scopes: ['management', 'reports', 'privacy'],
    })
    const plain = ({ email, password }: DemoLogin) => ({ email, password })
    return {
      organisationId: organisation.id,
      url: delivery.origin,
      edgeUrl: delivery.origin,
      admin: plain(admin),
      advertiser: plain(advertiser),
      publisher: plain(publisher),
      auditor: plain(auditor),
      apiToken: token.secret,
      placements: this.placements,
    }
  }
}

const landing = (slug: string) => `${delivery.origin}/demo/landing/${slug}`
