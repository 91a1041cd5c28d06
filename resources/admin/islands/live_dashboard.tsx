import type uPlot from 'uplot'
import { createEffect, createSignal, For, onCleanup, onMount } from 'solid-js'
import { formatChange, formatCount, formatMoney, formatRate, formatTime } from '../components/format.ts'
import type { Live } from '../components/types.ts'

const POLL_MS = 2_000

/** Today's figures and their course, kept fresh while the page is visible. Without scripts it shows what was true when the page was made. */
export default function LiveDashboard(props: { live: Live; source: string }) {
  const [live, setLive] = createSignal(props.live)
  const [stale, setStale] = createSignal(false)
  let plotRoot: HTMLDivElement | undefined

  onMount(() => {
    const tick = async () => {
      if (document.hidden) return
      const answer = await fetch(props.source, { headers: { accept: 'application/json' } }).then(
        (response) => (response.ok && !response.redirected ? (response.json() as Promise<Live>) : null),
        () => null
      )
      setStale(answer === null)
      if (answer) setLive(answer)
    }
    const timer = setInterval(() => void tick(), POLL_MS)
    onCleanup(() => clearInterval(timer))
    void draw()
  })

  async function draw() {
    const { default: Plot } = await import('uplot')
    const root = plotRoot!
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: colour('--muted'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
      font: '12px system-ui',
    }
    const zone = live().zone
    const plot = new Plot(
      {
        width: root.clientWidth,
        height: 250,
        tzDate: (seconds) => Plot.tzDate(new Date(seconds * 1000), zone),
        cursor: { points: { size: 7 } },
        scales: {
          x: { time: true },
          y: { range: (_, __, most) => [0, Math.max(most * 1.1, 5)] },
          clicks: { range: (_, __, most) => [0, Math.max(most * 1.3, 5)] },
        },
        series: [
          {
            label: 'Time',
            value: (_, seconds) => (seconds === null ? '–' : formatTime(seconds * 1000, zone)),
          },
          {
            label: 'Impressions',
            stroke: colour('--series-1'),
            fill: `color-mix(in srgb, ${colour('--series-1')} 14%, transparent)`,
            width: 2,
            points: { show: false },
          },
          {
            label: 'Clicks (right scale)',
            scale: 'clicks',
            stroke: colour('--series-2'),
            width: 2,
            dash: [6, 4],
            points: { show: false },
          },
        ],
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((seconds) => formatTime(seconds * 1000, zone)) },
          { ...axis, size: 56 },
          { ...axis, side: 1, scale: 'clicks', grid: { show: false }, size: 48 },
        ],
      },
      [[], [], []],
      root
    )
    createPlotEffect(plot)
    const observer = new ResizeObserver(() => plot.setSize({ width: root.clientWidth, height: 250 }))
    observer.observe(root)
  }

  function createPlotEffect(plot: uPlot) {
    const show = () => {
      const slots = live().slots
      plot.setData([
        slots.map((slot) => slot.at / 1000),
        slots.map((slot) => slot.impressions),
        slots.map((slot) => slot.clicks),
      ])
    }
    show()
    redraw = show
  }
  let redraw = () => {}
  createEffect(() => {
    live()
    redraw()
  })

  return (
    <div class="lines">
      <div class="tiles">
        <dl>
          <div class="tile">
            <dt>Impressions today</dt>
            <dd data-figure="impressions">{formatCount(live().totals.impressions)}</dd>
            <span class="delta">{formatChange(live().totals.impressions, live().previous.impressions)}</span>
          </div>
          <div class="tile">
            <dt>Clicks today</dt>
            <dd data-figure="clicks">{formatCount(live().totals.clicks)}</dd>
            <span class="delta">{formatChange(live().totals.clicks, live().previous.clicks)}</span>
          </div>
          <div class="tile">
            <dt>Click rate (CTR)</dt>
            <dd data-figure="ctr">{formatRate(live().totals.clicks, live().totals.impressions)}</dd>
            <span class="delta">
              yesterday by this time {formatRate(live().previous.clicks, live().previous.impressions)}
            </span>
          </div>
          <div class="tile">
            <dt>Spend today</dt>
            <dd data-figure="spend">{formatMoney(live().totals.spend)}</dd>
            <span class="delta">yesterday by this time {formatMoney(live().previous.spend)}</span>
          </div>
          <div class="tile">
            <dt>Ad requests today</dt>
            <dd data-figure="requests">{formatCount(live().totals.requests)}</dd>
            <span class="delta">{formatCount(live().totals.filtered)} events filtered as invalid</span>
          </div>
        </dl>
      </div>
      <section class="card" aria-labelledby="course">
        <header>
          <h2 id="course">Today by quarter of an hour</h2>
          <p class="small muted" aria-live="off">
            {stale() ? 'The server does not answer; last figures' : 'Live'}, as of{' '}
            {formatTime(live().asOf, live().zone, true)} ({live().zone})
          </p>
        </header>
        <div class="chart" ref={plotRoot} aria-hidden="true" />
        <details>
          <summary>Show as a table</summary>
          <div class="scroll">
            <table>
              <caption>Impressions and clicks by quarter of an hour ({live().zone})</caption>
              <thead>
                <tr>
                  <th scope="col">From</th>
                  <th scope="col" class="num">
                    Impressions
                  </th>
                  <th scope="col" class="num">
                    Clicks
                  </th>
                </tr>
              </thead>
              <tbody>
                <For each={live().slots}>
                  {(slot) => (
                    <tr>
                      <th scope="row">{formatTime(slot.at, live().zone)}</th>
                      <td class="num">{formatCount(slot.impressions)}</td>
                      <td class="num">{formatCount(slot.clicks)}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
        </details>
      </section>
    </div>
  )
}
