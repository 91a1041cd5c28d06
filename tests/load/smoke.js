/**
 * Smoke: does the running product answer every public route as it should? Seconds, few requests.
 *
 *   npm start                       # in one terminal
 *   k6 run tests/load/smoke.js      # in another; DEMO=path of demo.json, default storage/dev/demo.json
 */
import http from 'k6/http'
import { check, group, sleep } from 'k6'

const demo = JSON.parse(open(__ENV.DEMO || '../../storage/dev/demo.json'))
const AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36'
const reader = { headers: { 'content-type': 'application/json', 'user-agent': AGENT } }
const bearer = { headers: { authorization: `Bearer ${demo.apiToken}` } }
const rectangle = demo.placements.find((placement) => placement.name === 'courier/rectangle')

export const options = {
  vus: 2,
  iterations: 20,
  thresholds: { checks: ['rate==1'], http_req_duration: ['p(95)<500'] },
}

export default function smoke() {
  group('operations', () => {
    check(http.get(`${demo.url}/health/live`), { 'live answers 200': (answer) => answer.status === 200 })
    check(http.get(`${demo.url}/health/ready`), { 'ready answers 200': (answer) => answer.status === 200 })
    check(http.get(`${demo.url}/metrics`), {
      'metrics are Prometheus text': (answer) => answer.body.includes('# TYPE'),
    })
  })
  group('delivery', () => {
    const answer = http.post(
      `${demo.edgeUrl}/v1/decisions`,
      JSON.stringify({ placements: [{ id: rectangle.id }] }),
      reader
    )
    check(answer, {
      'decision answers 200': () => answer.status === 200,
      'an ad is chosen': () => answer.json('decisions.0.ad') !== null,
    })
    const urls = answer.json('decisions.0.ad.urls')
    check(http.get(urls.impression, reader), {
      'impression answers 200 with a GIF': (pixel) =>
        pixel.status === 200 && pixel.headers['Content-Type'] === 'image/gif',
    })
    check(http.get(urls.viewable, reader), { 'viewable answers 200': (pixel) => pixel.status === 200 })
    check(http.get(urls.click, { ...reader, redirects: 0 }), {
      'click answers 302': (click) => click.status === 302,
    })
    check(http.get(`${demo.edgeUrl}/v1/tag/${rectangle.id}`, reader), {
      'tag answers a document': (tag) => tag.status === 200 && tag.body.includes('<!doctype html'),
    })
    check(http.get(`${demo.edgeUrl}/placard.js`), {
      'placard.js answers 200': (script) => script.status === 200,
    })
  })
  group('refusals', () => {
    const expected = http.expectedStatuses(400, 404, 422)
    const unknown = JSON.stringify({ placements: [{ id: '00000000-0000-7000-8000-000000000000' }] })
    check(http.post(`${demo.edgeUrl}/v1/decisions`, unknown, { ...reader, responseCallback: expected }), {
      'unknown placement answers 404 and names it': (answer) =>
        answer.status === 404 && answer.json('field') === 'placements[0].id',
    })
    check(http.get(`${demo.edgeUrl}/t/c/forged`, { redirects: 0, responseCallback: expected }), {
      'a forged click never redirects': (answer) => answer.status === 400 && !answer.headers.Location,
    })
  })
  sleep(0.1)
}

/** The counted events are in the report within five seconds. */
export function teardown() {
  const day = new Date().toISOString().slice(0, 10)
  const yesterday = new Date(Date.now() - 86400000).toISOString().slice(0, 10)
  for (let attempt = 0; attempt < 10; attempt++) {
    const answer = http.get(
      `${demo.url}/api/v1/reports/delivery?from=${yesterday}&to=${day}&zone=UTC&granularity=total`,
      bearer
    )
    if (answer.status === 200 && answer.json('total.impressions') >= 20) return
    sleep(0.5)
  }
  throw new Error('The report did not show the impressions within five seconds')
}
