import { For, Show } from 'solid-js'
import { formatCount, formatMoney, formatRate, formatTerm, type Money } from '../components/format.ts'
import { Layout, type Frame } from '../components/layout.tsx'
import { Status } from '../components/status.tsx'
import type { CampaignRow } from '../components/types.ts'

type Delivery = { requests: number; impressions: number; viewable: number; clicks: number; spend: Money }
type Creative = {
  id: string
  name: string
  width: number
  height: number
  weight: number
  type: string
  assetUrl: string | null
}
type Line = {
  id: string
  name: string
  tier: string
  phase: string
  price: string
  budgetTotal: Money | null
  budgetDaily: Money | null
  goal: string | null
  progress: { done: number; goal: number } | null
  shareOfVoice: number | null
  startsAt: number
  endsAt: number | null
  targeting: string
  creatives: Creative[]
  delivery: Delivery
}
type Day = { day: string; delivery: Delivery }
type Move = { action: string; label: string; primary: boolean }
type Props = Frame & {
  campaign: CampaignRow & { statusReason: string | null }
  lines: Line[]
  days: Day[]
  total: Delivery
  period: string
  moves: Move[]
  asOf: string
}

const TIERS: Record<string, string> = {
  sponsorship: 'Sponsorship',
  standard: 'Standard',
  price_priority: 'Price priority',
  house: 'House',
}

/** Share of the goal that is delivered, as a bar with its numbers in words. */
function Progress(props: { done: number; goal: number; noun: string }) {
  const percent = () => Math.min(100, Math.floor((props.done / props.goal) * 100))
  return (
    <div class="bar">
      <div class="track">
        <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 8">
          <rect class="fill" width={percent()} height="8" />
        </svg>
      </div>
      <span class="small muted">
        {formatCount(props.done)} of {formatCount(props.goal)} {props.noun} ({percent()}%)
      </span>
    </div>
  )
}

function Cells(props: { delivery: Delivery }) {
  return (
    <>
      <td class="num" data-label="Requests">
        {formatCount(props.delivery.requests)}
      </td>
      <td class="num" data-label="Impressions">
        {formatCount(props.delivery.impressions)}
      </td>
      <td class="num" data-label="Viewable">
        {formatRate(props.delivery.viewable, props.delivery.impressions)}
      </td>
      <td class="num" data-label="Clicks">
        {formatCount(props.delivery.clicks)}
      </td>
      <td class="num" data-label="CTR">
        {formatRate(props.delivery.clicks, props.delivery.impressions)}
      </td>
      <td class="num" data-label="Spend">
        {formatMoney(props.delivery.spend)}
      </td>
    </>
  )
}

function LineItem(props: { line: Line; zone: string }) {
  return (
    <article class="line" aria-labelledby={`line-${props.line.id}`}>
      <header>
        <h3 id={`line-${props.line.id}`}>{props.line.name}</h3>
        <Status phase={props.line.phase} />
        <span class="small muted">
          {TIERS[props.line.tier]}
          {props.line.shareOfVoice ? `, ${props.line.shareOfVoice}% share of voice` : ''}
        </span>
      </header>
      <dl class="facts">
        <div>
          <dt>Price</dt>
          <dd>{props.line.price}</dd>
        </div>
        <Show when={props.line.budgetTotal ?? props.line.budgetDaily}>
          <div>
            <dt>Own budget</dt>
            <dd>
              <Show when={props.line.budgetTotal}>{(total) => <div>{formatMoney(total())} in all</div>}</Show>
              <Show when={props.line.budgetDaily}>{(daily) => <div>{formatMoney(daily())} a day</div>}</Show>
            </dd>
          </div>
        </Show>
        <div>
          <dt>Runs</dt>
          <dd>{formatTerm(props.line.startsAt, props.line.endsAt, props.zone)}</dd>
        </div>
        <div>
          <dt>Goal</dt>
          <dd>
            <Show when={props.line.progress} fallback={props.line.goal ?? 'none'}>
              {(progress) => (
                <Progress done={progress().done} goal={progress().goal} noun={props.line.goal ?? ''} />
              )}
            </Show>
          </dd>
        </div>
        <div>
          <dt>Shown to</dt>
          <dd>{props.line.targeting}</dd>
        </div>
      </dl>
      <ul class="thumbs" aria-label="Creatives">
        <For
          each={props.line.creatives}
          fallback={<li class="small muted">No creative yet, so this line item cannot serve.</li>}
        >
          {(creative) => (
            <li class="thumb">
              <div class="shot">
                <Show
                  when={creative.assetUrl}
                  fallback={
                    <span>
                      {creative.width} × {creative.height}
                    </span>
                  }
                >
                  {(url) => <img src={url()} alt="" loading="lazy" />}
                </Show>
              </div>
              <span>{creative.name}</span>
              <span>
                {creative.width} × {creative.height},{' '}
                {creative.type === 'image' ? 'image' : 'third-party markup'}, weight {creative.weight}
              </span>
            </li>
          )}
        </For>
      </ul>
    </article>
  )
}

/** One campaign: what was agreed, what has been delivered, and its line items. */
export default function CampaignPage(props: Props) {
  const campaign = () => props.campaign
  return (
    <Layout frame={props}>
      <div class="head">
        <div>
          <nav class="crumbs" aria-label="Breadcrumb">
            <a href="/admin/campaigns">Campaigns</a> / {campaign().advertiserName}
          </nav>
          <h1>{campaign().name}</h1>
          <p>
            <Status phase={campaign().phase} />{' '}
            <Show when={campaign().statusReason}>
              <span class="muted small">Reason: {campaign().statusReason}</span>
            </Show>
          </p>
        </div>
        <div class="actions">
          <For each={props.moves}>
            {(move) => (
              <form method="post" action={`/admin/campaigns/${campaign().id}/${move.action}`}>
                <input type="hidden" name="_csrf" value={props.csrfToken} />
                <button class={move.primary ? 'button primary' : 'button'} type="submit">
                  {move.label}
                </button>
              </form>
            )}
          </For>
        </div>
      </div>
      <section class="card" aria-label="Agreement">
        <dl class="facts">
          <div>
            <dt>Runs ({campaign().timeZone})</dt>
            <dd>{formatTerm(campaign().startsAt, campaign().endsAt, campaign().timeZone)}</dd>
          </div>
          <div>
            <dt>Total budget</dt>
            <dd>{campaign().budgetTotal ? formatMoney(campaign().budgetTotal!) : 'no limit'}</dd>
          </div>
          <div>
            <dt>Daily budget</dt>
            <dd>{campaign().budgetDaily ? formatMoney(campaign().budgetDaily!) : 'no limit'}</dd>
          </div>
          <div>
            <dt>Spent, {props.period}</dt>
            <dd>{formatMoney(props.total.spend)}</dd>
          </div>
        </dl>
      </section>
      <section class="card" aria-labelledby="delivery">
        <header>
          <h2 id="delivery">Delivery by day</h2>
          <p class="small muted">
            {props.period}; as of {props.asOf}
          </p>
        </header>
        <Show
          when={props.days.length > 0}
          fallback={
            <div class="empty">
              <strong>Nothing delivered in this time</strong>
              <p>Figures appear here within seconds of the first impression.</p>
            </div>
          }
        >
          <div class="scroll">
            <table class="stack">
              <caption class="visually-hidden">Delivery by day</caption>
              <thead>
                <tr>
                  <th scope="col">Day</th>
                  <th scope="col" class="num">
                    Requests
                  </th>
                  <th scope="col" class="num">
                    Impressions
                  </th>
                  <th scope="col" class="num">
                    Viewable
                  </th>
                  <th scope="col" class="num">
                    Clicks
                  </th>
                  <th scope="col" class="num">
                    CTR
                  </th>
                  <th scope="col" class="num">
                    Spend
                  </th>
                </tr>
              </thead>
              <tbody>
                <For each={props.days}>
                  {(row) => (
                    <tr>
                      <th scope="row">{row.day}</th>
                      <Cells delivery={row.delivery} />
                    </tr>
                  )}
                </For>
                <tr>
                  <th scope="row">Total</th>
                  <Cells delivery={props.total} />
                </tr>
              </tbody>
            </table>
          </div>
        </Show>
      </section>
      <section class="lines" aria-labelledby="lines">
        <h2 id="lines">Line items</h2>
        <For
          each={props.lines}
          fallback={
            <div class="card empty">
              <strong>No line items yet</strong>
              <p>
                A line item says what is sold: tier, price, goal, targeting, creatives. Make one with POST
                /api/v1/line-items.
              </p>
            </div>
          }
        >
          {(line) => <LineItem line={line} zone={campaign().timeZone} />}
        </For>
      </section>
    </Layout>
  )
}
