/**
 * Draws the demo's creatives: `node resources/demo/render.js` writes resources/demo/creatives/<name>-<w>x<h>.png.
 * All drawings and words are ours (Apache-2.0). Needs Chromium (CHROMIUM_PATH or /usr/bin/chromium).
 */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const OUT = fileURLToPath(new URL('creatives/', import.meta.url))
const SIZES = [
  [970, 250],
  [728, 90],
  [300, 250],
  [300, 600],
  [160, 600],
  [320, 50],
]

const ART = {
  nordlys: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><defs><linearGradient id="a" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#0b1b3a"/><stop offset="1" stop-color="#12324a"/></linearGradient><linearGradient id="b" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#5eead4" stop-opacity="0"/><stop offset=".5" stop-color="#5eead4" stop-opacity=".75"/><stop offset="1" stop-color="#818cf8" stop-opacity="0"/></linearGradient></defs><rect width="400" height="300" fill="url(#a)"/><path d="M-10 130C60 40 120 150 200 70s140 10 220-40v120c-80 30-130-30-210 40S70 130-10 220z" fill="url(#b)"/><g fill="#fff">${Array.from({ length: 46 }, (_, i) => `<circle cx="${(i * 97) % 400}" cy="${(i * 53) % 170}" r="${0.6 + (i % 3) * 0.4}" opacity="${0.4 + (i % 5) * 0.12}"/>`).join('')}</g><path d="M0 235l60-60 45 40 70-85 80 95 50-45 95 75v60H0z" fill="#0a1626"/><path d="M0 262c70-22 150-14 220-6s120 2 180-10v60H0z" fill="#07101c"/><path d="M205 262l52-72 52 72z" fill="#f97316"/><path d="M257 190l-14 72h28z" fill="#7c2d12"/><path d="M257 190l-14 72h10z" fill="#fed7aa"/></svg>`,
  verano: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fb7185"/><stop offset=".6" stop-color="#fdba74"/><stop offset="1" stop-color="#fde68a"/></linearGradient></defs><rect width="400" height="300" fill="url(#s)"/><circle cx="285" cy="168" r="58" fill="#fff7ed"/><path d="M0 205c60-18 120 12 190 0s130-14 210 4v100H0z" fill="#0e7490"/><path d="M0 232c70-16 120 14 200 2s130-10 200 4v70H0z" fill="#155e75"/><path d="M0 262c70-14 140 12 210 2s120-6 190 2v50H0z" fill="#164e63"/><path d="M150 92l74 16 30-22c8-5 18-3 16 2l-22 26 8 52-10 6-20-44-26 18 2 20-7 4-9-22-22-12 5-6 21 4 18-22-60-14z" fill="#fff"/></svg>`,
  lumen: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#042f2e"/><path d="M0 250C100 250 150 120 400 90v210H0z" fill="#115e59"/><path d="M0 280C140 275 200 190 400 170v130H0z" fill="#0f766e"/><g fill="none" stroke="#ecfeff" stroke-width="7" stroke-linecap="round" stroke-linejoin="round" transform="translate(150 70) rotate(-10 110 90)"><circle cx="42" cy="120" r="40"/><circle cx="178" cy="120" r="40"/><path d="M42 120l44-66h68l24 66M86 54l34 66h-78M120 120l36-66M148 30l14 26M148 30h22M78 42h26"/></g><path d="M268 66l-20 34h18l-10 30 30-40h-18l10-24z" fill="#fde047"/></svg>`,
  kopi: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#f3e3cf"/><circle cx="290" cy="150" r="150" fill="#e6cba8"/><g fill="none" stroke="#b08457" stroke-width="7" stroke-linecap="round"><path d="M255 96c-14-22 14-30 0-54M290 96c-14-22 14-30 0-54M325 96c-14-22 14-30 0-54"/></g><path d="M205 118h170v70c0 50-38 82-85 82s-85-32-85-82z" fill="#fffaf3"/><path d="M372 134h18c34 0 34 62-4 70l-20 4" fill="none" stroke="#fffaf3" stroke-width="16"/><ellipse cx="290" cy="120" rx="85" ry="18" fill="#5b3418"/><path d="M262 118c10-8 20 8 28 0s18-8 28 0c-10 10-20 4-28 12-8-8-18-2-28-12z" fill="#d7a97a"/></svg>`,
  brightwell: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#eef4ff"/><g fill="#1d4ed8"><rect x="180" y="220" width="34" height="80" rx="6" opacity=".35"/><rect x="226" y="190" width="34" height="110" rx="6" opacity=".5"/><rect x="272" y="150" width="34" height="150" rx="6" opacity=".7"/><rect x="318" y="100" width="34" height="200" rx="6"/></g><path d="M176 190C240 176 290 130 352 58" fill="none" stroke="#f59e0b" stroke-width="8" stroke-linecap="round"/><path d="M352 58l-34 6 26 24z" fill="#f59e0b"/></svg>`,
  mona: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#f6ddd0"/><rect y="226" width="400" height="74" fill="#e2a98e"/><circle cx="122" cy="92" r="58" fill="#fbeee6"/><g fill="#7c2d12"><path d="M232 86h92c10 0 16 8 14 18l-14 66h-92l-12-66c-2-10 4-18 12-18z"/><rect x="220" y="166" width="118" height="20" rx="8"/><path d="M230 184h14l-10 84h-12zM314 184h14l8 84h-12z"/></g><path d="M64 268c0-40 26-62 58-62s58 22 58 62z" fill="#c2552d" opacity=".25"/><path d="M116 210c-26-40-12-74 6-96 18 22 32 56 6 96z" fill="#4d7c0f"/></svg>`,
  courier: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#111827"/><g transform="rotate(-8 280 170)"><rect x="190" y="70" width="180" height="220" rx="6" fill="#f9fafb"/><rect x="206" y="88" width="148" height="18" fill="#111827"/><rect x="206" y="118" width="70" height="60" fill="#9ca3af"/><g fill="#d1d5db"><rect x="286" y="118" width="68" height="7"/><rect x="286" y="132" width="68" height="7"/><rect x="286" y="146" width="60" height="7"/><rect x="286" y="160" width="68" height="7"/><rect x="206" y="192" width="148" height="7"/><rect x="206" y="206" width="148" height="7"/><rect x="206" y="220" width="120" height="7"/></g></g></svg>`,
  kiln: `<svg viewBox="0 0 400 300" preserveAspectRatio="xMidYMax slice"><rect width="400" height="300" fill="#fef3c7"/><circle cx="286" cy="170" r="108" fill="#fff"/><circle cx="286" cy="170" r="84" fill="#fde68a"/><path d="M216 176c4-50 36-76 74-72s66 34 62 78c-18 34-108 40-136-6z" fill="#b45309"/><path d="M236 150c20-12 30-14 48-14M246 176c26-14 48-18 76-14" stroke="#fcd34d" stroke-width="7" fill="none" stroke-linecap="round"/></svg>`,
}

const BRANDS = [
  {
    name: 'nordlys',
    brand: 'Nordlys Outdoor',
    line: 'Sleep under the northern lights',
    more: 'Four-season tents, 1.9 kg',
    act: 'See the tents',
    ink: '#f8fafc',
    veil: '7,16,28',
    button: '#f97316',
    on: '#1c0a00',
  },
  {
    name: 'verano',
    brand: 'Verano Air',
    line: 'Lisbon before the weekend',
    more: 'Direct from nine cities',
    act: 'Find a flight',
    ink: '#431407',
    veil: '255,237,213',
    button: '#155e75',
    on: '#fff',
  },
  {
    name: 'lumen',
    brand: 'Lumen Bikes',
    line: 'Every hill is downhill now',
    more: 'Electric bikes, made to last',
    act: 'Book a test ride',
    ink: '#f0fdfa',
    veil: '4,47,46',
    button: '#fde047',
    on: '#1a2e05',
  },
  {
    name: 'kopi',
    brand: 'Kopi & Daughters',
    line: 'Roasted Monday, yours Wednesday',
    more: 'Single farms, fair prices',
    act: 'Taste three',
    ink: '#3b2010',
    veil: '243,227,207',
    button: '#5b3418',
    on: '#fff',
  },
  {
    name: 'brightwell',
    brand: 'Brightwell Bank',
    line: 'Savings that explain themselves',
    more: 'No small print, on purpose',
    act: 'Open an account',
    ink: '#0f1f4d',
    veil: '238,244,255',
    button: '#1d4ed8',
    on: '#fff',
  },
  {
    name: 'mona',
    brand: 'Atelier Mona',
    line: 'Chairs for long dinners',
    more: 'Solid oak, built in Ghent',
    act: 'Visit the atelier',
    ink: '#431407',
    veil: '246,221,208',
    button: '#7c2d12',
    on: '#fff',
  },
  {
    name: 'courier',
    brand: 'The Harbour Courier',
    line: 'Local news, read on paper or here',
    more: 'Three months for the price of one',
    act: 'Subscribe',
    ink: '#f9fafb',
    veil: '17,24,39',
    button: '#e5e7eb',
    on: '#111827',
  },
  {
    name: 'kiln',
    brand: 'Kiln & Crumb',
    line: 'One recipe, every Friday',
    more: 'Our letter for people who bake',
    act: 'Get the letter',
    ink: '#451a03',
    veil: '254,243,199',
    button: '#b45309',
    on: '#fff',
  },
]

/** Font sizes and places by the shape of the slot. */
function shape(width, height) {
  if (height <= 60) return { kind: 'strip', line: 14, brand: 10, more: 0, act: 11 }
  if (height <= 100) return { kind: 'wide', line: 23, brand: 12, more: 13, act: 14 }
  if (width > 600) return { kind: 'billboard', line: 44, brand: 17, more: 20, act: 18 }
  if (width < 200) return { kind: 'tall', line: 22, brand: 10, more: 14, act: 12.5 }
  if (height > 400) return { kind: 'tall', line: 38, brand: 16, more: 18, act: 18 }
  return { kind: 'box', line: 26, brand: 13, more: 14, act: 14 }
}

function html(brand, width, height) {
  const s = shape(width, height)
  const across = s.kind === 'strip' || s.kind === 'wide' || s.kind === 'billboard'
  const veil = across
    ? `linear-gradient(90deg, rgb(${brand.veil}) ${s.kind === 'billboard' ? 40 : 57}%, rgba(${brand.veil},0) ${s.kind === 'billboard' ? 76 : 84}%)`
    : `linear-gradient(180deg, rgba(${brand.veil},.96) 0%, rgba(${brand.veil},.82) 38%, rgba(${brand.veil},0) 66%)`
  const art = across
    ? ART[brand.name].replace('xMidYMax', 'xMidYMid')
    : s.kind === 'tall'
      ? ART[brand.name].replace('viewBox="0 0 400 300"', 'viewBox="130 0 270 300"')
      : ART[brand.name]
  return `<!doctype html><style>
    *{box-sizing:border-box;margin:0} body{width:${width}px;height:${height}px;overflow:hidden;position:relative;font-family:'Inter','Noto Sans','DejaVu Sans',sans-serif;color:${brand.ink}}
    .art{position:absolute;${across ? `right:0;top:0;width:${s.kind === 'billboard' ? 62 : 44}%;height:100%` : 'inset:0'}} .art svg{width:100%;height:100%;display:block}
    .base{position:absolute;inset:0;background:rgb(${brand.veil})} .veil{position:absolute;inset:0;background:${veil}}
    .words{position:absolute;inset:0;display:flex;${across ? 'flex-direction:row;align-items:center;' : 'flex-direction:column;'}gap:${across ? 18 : 10}px;padding:${s.kind === 'strip' ? '0 10px' : s.kind === 'wide' ? '0 22px' : s.kind === 'billboard' ? '0 48px' : width < 200 ? '18px 14px' : '22px 20px'}}
    .text{display:grid;gap:${s.kind === 'strip' ? 0 : s.kind === 'wide' ? 2 : 8}px;${across ? `max-width:${s.kind === 'strip' ? 62 : s.kind === 'billboard' ? 56 : 62}%` : ''}}
    .brand{font-size:${s.brand}px;font-weight:700;letter-spacing:.06em;text-transform:uppercase;opacity:.85;white-space:nowrap} .line{font-size:${s.line}px;font-weight:750;line-height:1.1;letter-spacing:-.02em}
    .more{font-size:${s.more}px;opacity:.9;line-height:1.3} .act{${across ? 'margin-left:auto' : s.kind === 'tall' ? 'position:absolute;bottom:22px;left:20px;right:20px;text-align:center' : 'position:absolute;bottom:18px;left:20px'};${width < 200 ? 'left:14px;right:14px;' : ''}background:${brand.button};color:${brand.on};font-weight:700;font-size:${s.act}px;padding:${s.kind === 'strip' ? '6px 10px' : s.kind === 'billboard' ? '15px 24px' : width < 200 ? '10px 8px' : '10px 15px'};border-radius:999px;white-space:nowrap;box-shadow:0 2px 10px rgba(0,0,0,.18)}
    .edge{position:absolute;inset:0;box-shadow:inset 0 0 0 1px rgba(0,0,0,.12)}
  </style><div class="base"></div><div class="art">${art}</div><div class="veil"></div>
  <div class="words"><div class="text"><div class="brand">${brand.brand.replace('&', '&amp;')}</div><div class="line">${brand.line}</div>${s.more ? `<div class="more">${brand.more}</div>` : ''}</div><div class="act">${brand.act}</div></div><div class="edge"></div>`
}

mkdirSync(OUT, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
})
const page = await browser.newPage()
for (const brand of BRANDS) {
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    await page.setContent(html(brand, width, height))
    const shot = await page.screenshot({ type: 'png' })
    await sharp(shot)
      .png({ palette: true, quality: 88, effort: 10 })
      .toFile(`${OUT}${brand.name}-${width}x${height}.png`)
  }
}
await browser.close()
