import { For, Show } from 'solid-js'
import { formatCount, formatMoney, formatTerm } from '../components/format.ts'
import { Layout, type Frame } from '../components/layout.tsx'
import { Status } from '../components/status.tsx'
import type { CampaignRow } from '../components/types.ts'

type Query = { search: string; status: string; sort: string }
type Props = Frame & {
  rows: CampaignRow[]
  total: number
  query: Query
  nextHref: string | null
  firstHref: string | null
  canWrite: boolean
}

const COLUMNS = [
  { label: 'Campaign', sort: 'name', num: false },
  { label: 'State', sort: null, num: false },
  { label: 'Runs', sort: 'startsAt', num: false },
  { label: 'Line items', sort: null, num: true },
  { label: 'Budget', sort: null, num: true },
  { label: 'Impressions today', sort: null, num: true },
  { label: 'Spend today', sort: null, num: true },
]

function sortHref(query: Query, column: string): string {
  const params = new URLSearchParams()
  if (query.search) params.set('q', query.search)
  if (query.status) params.set('status', query.status)
  params.set('sort', query.sort === column ? `-${column}` : column)
  return `/admin/campaigns?${params}`
}

function Heading(props: { query: Query; column: (typeof COLUMNS)[number] }) {
  const sorted = () =>
    props.query.sort === props.column.sort
      ? 'ascending'
      : props.query.sort === `-${props.column.sort}`
        ? 'descending'
        : undefined
  return (
    <th scope="col" class={props.column.num ? 'num' : undefined} aria-sort={sorted()}>
      <Show when={props.column.sort} fallback={props.column.label}>
        {(sort) => (
          <a href={sortHref(props.query, sort())}>
            {props.column.label}
            {sorted() === 'ascending' ? ' ↑' : sorted() === 'descending' ? ' ↓' : ''}
          </a>
        )}
      </Show>
    </th>
  )
}

function Empty(props: { query: Query }) {
  return (
    <div class="empty">
      <Show
        when={props.query.search || props.query.status}
        fallback={
          <>
            <strong>No campaigns yet</strong>
            <p>
              A campaign holds a budget, dates and a time zone; its line items say what is sold. Make the
              first with POST /api/v1/campaigns.
            </p>
          </>
        }
      >
        <strong>No campaign matches</strong>
        <p>Try another word or another state.</p>
        <a class="button" href="/admin/campaigns">
          Show all campaigns
        </a>
      </Show>
    </div>
  )
}

/** All campaigns: search, state, sort, pages. */
export default function CampaignsPage(props: Props) {
  return (
    <Layout frame={props}>
      <div class="head">
        <div>
          <h1>Campaigns</h1>
          <p class="muted">
            {formatCount(props.total)} {props.total === 1 ? 'campaign' : 'campaigns'}
            {props.query.search || props.query.status ? ' match' : ''}
          </p>
        </div>
      </div>
      <section class="card" aria-label="Campaigns">
        <form class="filters" method="get" action="/admin/campaigns" role="search">
          <div class="field">
            <label for="q">Search by name</label>
            <input class="input" id="q" name="q" type="search" maxlength="200" value={props.query.search} />
          </div>
          <div class="field narrow">
            <label for="status">State</label>
            <select class="input" id="status" name="status">
              <For
                each={[
                  ['', 'All'],
                  ['draft', 'Draft'],
                  ['active', 'Active'],
                  ['paused', 'Paused'],
                  ['archived', 'Archived'],
                ]}
              >
                {([value, label]) => (
                  <option value={value} selected={value === props.query.status}>
                    {label}
                  </option>
                )}
              </For>
            </select>
          </div>
          <button class="button" type="submit">
            Search
          </button>
        </form>
        <Show when={props.rows.length > 0} fallback={<Empty query={props.query} />}>
          <div class="scroll campaigns">
            <table class="stack">
              <caption class="visually-hidden">Campaigns</caption>
              <thead>
                <tr>
                  <For each={COLUMNS}>{(column) => <Heading query={props.query} column={column} />}</For>
                </tr>
              </thead>
              <tbody>
                <For each={props.rows}>
                  {(row) => (
                    <tr>
                      <th scope="row">
                        <a href={`/admin/campaigns/${row.id}`}>{row.name}</a>
                        <div class="small muted">{row.advertiserName}</div>
                      </th>
                      <td data-label="State">
                        <Status phase={row.phase} />
                      </td>
                      <td data-label="Runs" class="small">
                        <div>
                          {formatTerm(row.startsAt, row.endsAt, row.timeZone)}
                          <div class="muted">{row.timeZone}</div>
                        </div>
                      </td>
                      <td class="num" data-label="Line items">
                        {row.lineItemCount}
                      </td>
                      <td class="num" data-label="Budget">
                        <div>
                          {row.budgetTotal ? formatMoney(row.budgetTotal) : 'no limit'}
                          <Show when={row.budgetDaily}>
                            {(daily) => <div class="small muted">{formatMoney(daily())} a day</div>}
                          </Show>
                        </div>
                      </td>
                      <td class="num" data-label="Impressions today">
                        {row.today ? formatCount(row.today.impressions) : '–'}
                      </td>
                      <td class="num" data-label="Spend today">
                        {row.today ? formatMoney(row.today.spend) : '–'}
                      </td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
        </Show>
      </section>
      <Show when={props.nextHref || props.firstHref}>
        <nav class="foot" aria-label="Pages">
          <Show when={props.firstHref} fallback={<span />}>
            {(href) => (
              <a class="button" href={href()}>
                First page
              </a>
            )}
          </Show>
          <Show when={props.nextHref}>
            {(href) => (
              <a class="button" href={href()} rel="next">
                Next page
              </a>
            )}
          </Show>
        </nav>
      </Show>
    </Layout>
  )
}
