import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'
import { PUBLICATIONS, type PublicationSlug } from '#app/demo/content'
import { PUBLISHERS } from '#app/demo/network'
import { SeededRandom } from '#modules/kernel/random'

export type TrafficPlan = {
  origin: string
  placements: readonly { id: string; name: string }[]
  rate: number
  durationMs: number
  seed: number
}
/** What the server acknowledged: `impressions` answered 200, `clicks` answered 302 and so on. */
export type TrafficSummary = {
  views: number
  requests: number
  filled: number
  impressions: number
  viewable: number
  clicks: number
  botViews: number
  errors: number
  lastError: string | null
  seconds: number
}

type Mix = { humans: string[]; bots: string[]; paths: [string, number][]; referrers: [string, number][] }
type Ad = { urls: { impression: string; viewable: string; measurable: string; click: string } }

/** Shares as a mid-size news site sees them: invalid traffic a few percent, two thirds of the ads viewable, clicks rare. */
const SHARE = { bot: 0.04, impression: 0.96, measurable: 0.97, viewable: 0.66, click: 0.006 }
const MOST_OPEN_VIEWS = 200 // beyond this the server is slower than the rate: wait instead of piling up
const MOST_LATER_MS = 1_500 // a reader's eye arrives and clicks within this
const LANGUAGES = [
  'en-GB,en;q=0.9',
  'de-DE,de;q=0.9,en;q=0.6',
  'da,en;q=0.7',
  'fr-FR,fr;q=0.9',
  'es-ES,es;q=0.8,en;q=0.5',
  'pt-PT,pt;q=0.9',
  'nl-NL,nl;q=0.9,en;q=0.7',
  'sv-SE,sv;q=0.9',
  'en-US,en;q=0.9',
  'it-IT,it;q=0.9',
]

/** Replays page views at a constant rate. */
export class TrafficReplay {
  readonly summary: TrafficSummary = {
    views: 0,
    requests: 0,
    filled: 0,
    impressions: 0,
    viewable: 0,
    clicks: 0,
    botViews: 0,
    errors: 0,
    lastError: null,
    seconds: 0,
  }
  private readonly random: SeededRandom
  private readonly mix: Mix
  private readonly open = new Set<Promise<void>>()
  private readonly started = Date.now()
  private stopped = false

  constructor(private readonly plan: TrafficPlan) {
    this.random = new SeededRandom(plan.seed)
    this.mix = JSON.parse(readFileSync(app.makePath('resources/demo/traffic/mix.json'), 'utf8')) as Mix
  }

  /** 0 to 1. */
  get progress(): number {
    return Math.min(1, (Date.now() - this.started) / this.plan.durationMs)
  }

  stop(): void {
    this.stopped = true
  }

  async run(): Promise<TrafficSummary> {
    const end = this.started + this.plan.durationMs
    for (let view = 0; !this.stopped; view++) {
      const due = this.started + (view * 1000) / this.plan.rate
      if (due >= end) break
      if (due > Date.now()) await sleep(due - Date.now())
      if (this.open.size >= MOST_OPEN_VIEWS) await Promise.race(this.open)
      const running: Promise<void> = this.view().finally(() => this.open.delete(running))
      this.open.add(running)
    }
    await Promise.all(this.open)
    this.summary.seconds = (Date.now() - this.started) / 1000
    return this.summary
  }

  private unit = () => this.random.uint32() / 2 ** 32
  private pick = <T>(values: readonly T[]): T => values[Math.floor(this.unit() * values.length)]!

  /** By weight: often-read pages come up as often as they were read. */
  private weighted(values: readonly [string, number][]): string {
    let draw = this.unit() * values.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of values) if ((draw -= weight) < 0) return value
    return values[0]![0]
  }

  /** An address outside the special ranges, so that the geo database has something to say. */
  private address(): string {
    const first = 11 + Math.floor(this.unit() * 200)
    if (
      first === 127 ||
      first === 172 ||
      first === 192 ||
      first === 169 ||
      first === 100 ||
      first === 198 ||
      first === 203
    ) {
      return this.address()
    }
    return `${first}.${Math.floor(this.unit() * 256)}.${Math.floor(this.unit() * 256)}.${1 + Math.floor(this.unit() * 254)}`
  }

  private async view(): Promise<void> {
    const bot = this.unit() < SHARE.bot
    const slug: PublicationSlug = this.unit() < 0.65 ? 'courier' : 'kiln'
    const headers = {
      'user-agent': this.pick(bot ? this.mix.bots : this.mix.humans),
      'x-forwarded-for': this.address(),
      'accept-language': this.pick(LANGUAGES),
    }
    const small = /Mobile|iPhone|Android/.test(headers['user-agent'])
    const wanted = small ? ['mobile', 'rectangle'] : ['billboard', 'leaderboard', 'rectangle', 'halfpage']
    const placements = this.plan.placements.filter(({ name }) =>
      wanted.some((slot) => name === `${slug}/${slot}`)
    )
    const site = PUBLISHERS.find((publisher) => publisher.slug === slug)!
    const keywords = PUBLICATIONS[slug].publisher.keywords.split(',').filter(() => this.unit() < 0.5)
    const body = {
      placements: placements.map(({ id }) => ({ id })),
      url: `https://${site.domain}${this.weighted(this.mix.paths)}`,
      referrer: this.weighted(this.mix.referrers),
      keywords,
    }
    try {
      const answer = await fetch(`${this.plan.origin}/v1/decisions`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      if (answer.status !== 200) throw new Error(`POST /v1/decisions answered ${answer.status}`)
      const { decisions } = (await answer.json()) as { decisions: { ad: Ad | null }[] }
      this.summary.views += 1
      this.summary.botViews += bot ? 1 : 0
      this.summary.requests += decisions.length
      const ads = decisions.flatMap(({ ad }) => (ad ? [ad] : []))
      this.summary.filled += ads.length
      await Promise.all(ads.map((ad) => this.show(ad, headers)))
    } catch (error) {
      this.summary.errors += 1
      this.summary.lastError =
        error instanceof Error
          ? error.cause instanceof Error
            ? `${error.message}: ${error.cause.message}`
            : error.message
          : String(error)
    }
  }

  private async show(ad: Ad, headers: Record<string, string>): Promise<void> {
    const [shown, measured, seen, clicked, later] = [
      this.unit() < SHARE.impression,
      this.unit() < SHARE.measurable,
      this.unit() < SHARE.viewable,
      this.unit() < SHARE.click,
      this.unit(),
    ]
    if (!shown) return
    if (await this.fire(ad.urls.impression, headers, 200)) this.summary.impressions += 1
    if (measured) await this.fire(ad.urls.measurable, headers, 200)
    if (!seen && !clicked) return
    await sleep(later * MOST_LATER_MS)
    if (measured && seen && (await this.fire(ad.urls.viewable, headers, 200))) this.summary.viewable += 1
    if (clicked && (await this.fire(ad.urls.click, headers, 302))) this.summary.clicks += 1
  }

  private async fire(url: string, headers: Record<string, string>, expected: number): Promise<boolean> {
    const answer = await fetch(url, { headers, redirect: 'manual' })
    await answer.arrayBuffer()
    if (answer.status !== expected) {
      throw new Error(`${new URL(url).pathname.slice(0, 4)} answered ${answer.status}`)
    }
    return true
  }
}
