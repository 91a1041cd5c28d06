/**
 * The promise of the first slice: real requests are replayed against a server that is killed again and again; every
 * served line item satisfies its targeting by the naive evaluator, and the report equals what trackers acknowledged.
 */
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Demo } from '#app/demo/demo_file'
import { DemoSeeder } from '#app/demo/seeder'
import { AgentReader, RequestContext } from '#modules/context/contract'
import { TokenCodec } from '#modules/events/contract'
import { Campaigns, type ServingSnapshot } from '#modules/campaigns/contract'
import { newId, uuidTimeMs, uuidToBytes, type Id } from '#modules/kernel/ids'
import { SeededRandom } from '#modules/kernel/random'
import type { DeliveryReport } from '#modules/reporting/contract'
import { recordFigure, scaled } from '#tests/support/figures'
import { satisfies } from '#tests/support/naive_evaluator'
import { freePort } from '#tests/support/ports'
import { realRequests, type RealRequest } from '#tests/support/real_requests'
import { ServerProcess } from '#tests/support/server_process'

const SEED = 20_261_121
const EXTRA_LINES = 300
const WORKERS = 8
const RETRY_MS = 100
const GIVE_UP_MS = 60_000
const SETTLED_WITHIN_MS = 20_000

type Ad = {
  lineItemId: string
  creativeId: string
  urls: { impression: string; viewable: string; click: string }
}
type Slot = { placementId: string; ad: Ad | null }
type Counts = { impressions: number; viewable: number; clicks: number }
/** What trackers acknowledged, by line item; readers and bots apart. */
type Oracle = { readers: Map<string, Counts>; all: Counts }

/** Repeats a call until the server answers as expected: it may be dead, starting, or have died before the answer. */
async function insist(url: string, init: RequestInit, expected: number): Promise<Response> {
  const until = Date.now() + GIVE_UP_MS
  for (;;) {
    const answer = await fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
      if (error instanceof TypeError) return null // no connection, or cut in the middle
      throw error
    })
    if (answer?.status === expected) return answer
    if (answer && answer.status !== 503) {
      throw new Error(`${url.slice(0, 60)} answered ${answer.status}: ${await answer.text()}`)
    }
    if (Date.now() > until) {
      throw new Error(`${url.slice(0, 60)} did not answer ${expected} within ${GIVE_UP_MS} ms`)
    }
    await sleep(RETRY_MS)
  }
}

class Replay {
  readonly oracle: Oracle = { readers: new Map(), all: { impressions: 0, viewable: 0, clicks: 0 } }
  readonly wrong: string[] = []
  served = 0
  private readonly random = new SeededRandom(SEED)

  constructor(
    private readonly origin: string,
    private readonly demo: Demo,
    private readonly snapshot: ServingSnapshot,
    private readonly context: RequestContext,
    private readonly agents: AgentReader,
    private readonly codec: TokenCodec
  ) {}

  private chance = (share: number) => this.random.uint32() / 2 ** 32 < share

  async one(request: RealRequest): Promise<void> {
    const placements = this.demo.placements.filter(() => this.chance(0.4)).map(({ id }) => ({ id }))
    if (placements.length === 0) placements.push({ id: this.demo.placements[0]!.id })
    const { url, referrer, keywords, ip, userAgent, properties } = request
    const words = [
      ...keywords,
      ...['news', 'travel', 'food', 'home', 'baking', 'city'].filter(() => this.chance(0.2)),
    ]
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${this.demo.apiToken}`,
      'user-agent': userAgent,
      ...(request.language ? { 'accept-language': request.language } : {}),
    }
    const body = JSON.stringify({ placements, url, referrer, keywords: words, ip, userAgent, properties })
    const answer = await insist(`${this.origin}/v1/decisions`, { method: 'POST', headers, body }, 200)
    const { decisions } = (await answer.json()) as { decisions: Slot[] }
    for (const slot of decisions) if (slot.ad) await this.follow(slot.placementId, slot.ad, request, words)
  }

  private async follow(placementId: string, ad: Ad, request: RealRequest, keywords: string[]): Promise<void> {
    this.served += 1
    this.check(placementId, ad, request, keywords)
    const headers = { 'user-agent': request.userAgent }
    if (this.chance(0.95)) await this.acknowledged(ad, 'impressions', ad.urls.impression, headers, 200)
    if (this.chance(0.5)) await this.acknowledged(ad, 'viewable', ad.urls.viewable, headers, 200)
    if (this.chance(0.1)) await this.acknowledged(ad, 'clicks', ad.urls.click, headers, 302)
  }

  private async acknowledged(
    ad: Ad,
    kind: keyof Counts,
    url: string,
    headers: Record<string, string>,
    expected: number
  ): Promise<void> {
    await insist(url, { headers }, expected)
    this.oracle.all[kind] += 1
    if (this.agents.read(headers['user-agent']!).bot) return
    const counts = this.oracle.readers.get(ad.lineItemId) ?? { impressions: 0, viewable: 0, clicks: 0 }
    counts[kind] += 1
    this.oracle.readers.set(ad.lineItemId, counts)
  }

  /** Does the line item satisfy its targeting, at the moment at which the server decided? */
  private check(placementId: string, ad: Ad, request: RealRequest, keywords: string[]): void {
    const reading = this.codec.read(ad.urls.impression.split('/').at(-1)!, Date.now())
    if (!reading.ok) return void this.wrong.push(`a token of our own is ${reading.failure}`)
    const { geo, agent, language } = this.context.describeStated({
      ip: request.ip,
      userAgent: request.userAgent,
      acceptLanguage: request.language ?? undefined,
    })
    const verdict = satisfies(this.snapshot, ad.lineItemId, {
      placementId,
      sizes: null,
      country: geo.country,
      deviceType: agent.deviceType,
      os: agent.os,
      browser: agent.browser,
      language,
      keywords: keywords.map((word) => word.trim().toLowerCase()),
      keyValues: Object.fromEntries(Object.entries(request.properties).map(([key, value]) => [key, [value]])),
      nowMs: uuidTimeMs(uuidToBytes(reading.claims.id)),
      draw: [0, 0],
      used: new Set(),
    })
    if (verdict !== true) {
      this.wrong.push(`${request.source}: line item ${ad.lineItemId} was served although ${verdict}`)
    }
  }
}

async function reportOf(origin: string, token: string): Promise<DeliveryReport> {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
  const path = `/api/v1/reports/delivery?from=${day(-1)}&to=${day(0)}&zone=UTC&granularity=total&group=line_item`
  const answer = await insist(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } }, 200)
  return (await answer.json()) as DeliveryReport
}

const netOf = (report: DeliveryReport) =>
  new Map(
    report.rows
      .filter(({ impressions, viewable, clicks }) => impressions + viewable + clicks > 0)
      .map((row) => [
        row.line_item!,
        { impressions: row.impressions, viewable: row.viewable, clicks: row.clicks },
      ])
  )
const sorted = (counts: ReadonlyMap<string, Counts>) =>
  [...counts].sort(([left], [right]) => left.localeCompare(right))

test.group('replay', () => {
  test('real requests, a server killed in between: targeting holds, the report equals what was acknowledged', async ({
    assert,
  }) => {
    const seeder = await app.container.make(DemoSeeder)
    const demo = await seeder.seed(`replay-${newId().slice(9).replaceAll('-', '')}`, EXTRA_LINES, () => {})
    const snapshot = await (
      await app.container.make(Campaigns)
    ).compile(demo.organisationId as Id<'organisation'>)
    const server = new ServerProcess(await freePort(), await mkdtemp(join(tmpdir(), 'placard-replay-')))
    await server.start()
    const [context, agents, codec] = await Promise.all([
      app.container.make(RequestContext),
      app.container.make(AgentReader),
      app.container.make(TokenCodec),
    ])
    const replay = new Replay(server.origin, demo, snapshot, context, agents, codec)

    const total = scaled(10_000, 300)
    const kills = scaled(10, 3)
    const requests = realRequests(SEED)
    let sent = 0
    let killed = 0
    let restart: Promise<void> = Promise.resolve()
    const worker = async () => {
      while (sent < total) {
        sent += 1
        if (killed < kills && sent >= ((killed + 1) * total) / (kills + 1)) {
          killed += 1
          restart = restart.then(() => server.kill()).then(() => server.start())
        }
        await replay.one(requests.next().value as RealRequest)
      }
    }
    try {
      await Promise.all(Array.from({ length: WORKERS }, worker))
      await restart
      const expected = sorted(replay.oracle.readers)
      const until = Date.now() + SETTLED_WITHIN_MS
      let report = await reportOf(server.origin, demo.apiToken)
      while (JSON.stringify(sorted(netOf(report))) !== JSON.stringify(expected) && Date.now() < until) {
        await sleep(250)
        report = await reportOf(server.origin, demo.apiToken)
      }
      recordFigure('replayed decision requests', total)
      recordFigure('ads served in the replay, each checked by the naive evaluator', replay.served)
      recordFigure('kill -9 during the replay', killed)
      assert.deepEqual(replay.wrong, [])
      assert.equal(killed, kills)
      assert.isAbove(replay.served, total)
      assert.deepEqual(sorted(netOf(report)), expected)
      const { gross, filteredByKind } = report.total
      const first = (kind: keyof Counts) => gross[kind] - (filteredByKind[kind]?.duplicate ?? 0)
      assert.deepEqual(
        { impressions: first('impressions'), viewable: first('viewable'), clicks: first('clicks') },
        replay.oracle.all
      )
    } finally {
      await server.stop()
    }
  }).timeout(1_200_000)
})
