import { For, Show } from 'solid-js'
import { formatCount, formatMoney, formatRate } from '../components/format.ts'
import { Island, Layout, type Frame } from '../components/layout.tsx'
import { Status } from '../components/status.tsx'
import type { CampaignRow } from '../components/types.ts'

type Props = Frame & {
  zone: string
  /** Null: demand is not this person's to see. */
  rows: CampaignRow[] | null
}

/** What happens now: today's figures, their course, and the campaigns that run. */
export default function DashboardPage(props: Props) {
  return (
    <Layout frame={props}>
      <div class="head">
        <div>
          <h1>Dashboard</h1>
          <p class="muted">
            {props.viewer.organisation}, today in {props.zone}
          </p>
        </div>
        <div class="actions">
          <a class="button" href="/demo">
            Open the demo page
          </a>
        </div>
      </div>
      <Island frame={props} name="live" />
      <Show when={props.rows}>{(rows) => <LiveCampaigns rows={rows()} />}</Show>
    </Layout>
  )
}

function LiveCampaigns(props: { rows: CampaignRow[] }) {
  return (
    <section class="card" aria-labelledby="running">
      <header>
        <h2 id="running">Live campaigns</h2>
        <a href="/admin/campaigns?status=active">All campaigns</a>
      </header>
      <Show
        when={props.rows.length > 0}
        fallback={
          <div class="empty">
            <strong>No campaign is live</strong>
            <p>Start one by activating a campaign that has an active line item with a creative.</p>
            <a class="button" href="/admin/campaigns">
              To the campaigns
            </a>
          </div>
        }
      >
        <div class="scroll">
          <table class="stack">
            <caption>Delivery today, when this page was made</caption>
            <thead>
              <tr>
                <th scope="col">Campaign</th>
                <th scope="col">State</th>
                <th scope="col" class="num">
                  Impressions
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
                    <td class="num" data-label="Impressions">
                      {formatCount(row.today?.impressions ?? 0)}
                    </td>
                    <td class="num" data-label="Clicks">
                      {formatCount(row.today?.clicks ?? 0)}
                    </td>
                    <td class="num" data-label="CTR">
                      {formatRate(row.today?.clicks ?? 0, row.today?.impressions ?? 0)}
                    </td>
                    <td class="num" data-label="Spend">
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
  )
}
