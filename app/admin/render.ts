import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'

type Props = Record<string, unknown>
type Component = (props: Props) => unknown
type Compiled = Record<string, Component> & {
  renderToString(code: () => unknown, options?: { renderId?: string; nonce?: string }): string
  generateHydrationScript(options: { nonce?: string }): string
}
type Manifest = { inputs: string; files: Record<string, string> }

let loaded: { compiled: Compiled; manifest: Manifest } | null = null

/** The compiled pages; loaded once. */
async function assets() {
  if (loaded) return loaded
  const manifest = JSON.parse(readFileSync(app.makePath('build/admin/manifest.json'), 'utf8')) as Manifest
  const file = pathToFileURL(app.makePath('build/admin/pages.js')).href
  const compiled = (await import(`${file}?${manifest.inputs.slice(0, 12)}`)) as Compiled
  loaded = { compiled, manifest }
  return loaded
}

/** Address of the built style sheet; null when the admin has not been built. */
export async function styleUrl(): Promise<string | null> {
  return assets().then(
    ({ manifest }) => manifest.files['admin.css'] ?? null,
    () => null
  )
}

/** Text that is safe between quotes of an attribute and between tags. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/**
 * Renders islands first, each under its own `renderId`, so that the browser can hydrate it alone. A page places one
 * with `<Island name html>`; `html` is the root element with its props beside it.
 */
function islandsOf(
  compiled: Compiled,
  islands: Record<string, { component: string; props: Props }>
): Record<string, string> {
  const html: Record<string, string> = {}
  for (const [key, { component, props }] of Object.entries(islands)) {
    const Component = compiled[`island_${component}`]
    if (!Component) throw new Error(`There is no island resources/admin/islands/${component}.tsx`)
    const inner = compiled.renderToString(() => Component(props), { renderId: key })
    html[key] =
      `<div data-island="${component}" data-render-id="${key}" data-props="${escapeHtml(JSON.stringify(props))}">${inner}</div>`
  }
  return html
}

/**
 * Renders one page of `resources/admin/pages` to a whole document and answers with it. `props` are plain JSON;
 * `islands` names the live parts (component and its props) by the key under which the page places them.
 */
export async function renderPage(
  ctx: HttpContext,
  page: string,
  props: Props & { title: string },
  islands: Record<string, { component: string; props: Props }> = {}
): Promise<void> {
  const { compiled, manifest } = await assets()
  const Page = compiled[`page_${page}`]
  if (!Page) throw new Error(`There is no page resources/admin/pages/${page}.tsx`)
  const nonce = ctx.response.nonce
  const all = {
    ...props,
    csrfToken: ctx.request.csrfToken ?? '',
    path: ctx.request.url(),
    islands: islandsOf(compiled, islands),
  }
  const body = compiled.renderToString(() => Page(all))
  const live = Object.keys(islands).length > 0
  const style = manifest.files[page === 'demo' ? 'demo.css' : 'admin.css']
  const scripts = live
    ? `${compiled.generateHydrationScript({ nonce })}<script type="module" nonce="${nonce}" src="${manifest.files['admin.js']}"></script>`
    : ''
  ctx.response.header('content-type', 'text/html; charset=utf-8')
  ctx.response.send(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
      `<meta name="color-scheme" content="light dark"><title>${escapeHtml(props.title)} · Placard</title>` +
      `<link rel="icon" href="/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="${style}">${scripts}</head><body>${body}</body></html>`
  )
}
