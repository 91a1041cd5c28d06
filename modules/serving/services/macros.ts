import type { ConsentSignals } from '#modules/privacy/contract'

/** What macros are filled from. Absent is unknown, and unknown is empty. */
export type MacroContext = {
  readonly pageUrl?: string | null
  readonly referrer?: string | null
  readonly placementId?: string
  readonly lineItemId?: string
  readonly campaignId?: string
  readonly creativeId?: string
  readonly signals?: ConsentSignals
}
export type MacroNeeds = {
  readonly clickUrl: string
  readonly cacheBuster: number
  readonly width: number
  readonly height: number
  readonly context?: MacroContext
}

/**
 * The spellings of the large ad servers: `${NAME}` (OpenRTB, Xandr), `%%NAME%%` (Google Ad Manager), a few `[NAME]` and
 * `{name}` (VAST, Revive). Linear: every quantifier is bounded and followed by what it cannot match.
 */
const MACRO =
  /\$\{([A-Z][A-Z0-9_]{0,40})\}|%%([A-Z][A-Z0-9_]{0,40})%%|\[(CLICKTAG(?:_ESC){0,2}|CACHEBUSTER|TIMESTAMP)\]|\{(clickurl|clickurl_enc)\}/g
/** A vendor's number behind a consent macro. @source IAB Europe TCF, "URL-based services"; IAB Tech Lab GPP macros */
const VENDOR = /^(GDPR_CONSENT|GPP_STRING)_\d{1,5}$/
const ALIASES: Readonly<Record<string, string>> = {
  CLICK_URL_UNESC: 'CLICK_URL',
  CLICK_URL_ENC: 'CLICK_URL_ESC',
  CLICK_URL_ENC_ENC: 'CLICK_URL_ESC_ESC',
  CLICKTAG: 'CLICK_URL',
  CLICKTAG_ESC: 'CLICK_URL_ESC',
  CLICKTAG_ESC_ESC: 'CLICK_URL_ESC_ESC',
  clickurl: 'CLICK_URL',
  clickurl_enc: 'CLICK_URL_ESC',
  TIMESTAMP: 'CACHEBUSTER',
  SITE: 'PAGE_DOMAIN',
  REFERRER_URL: 'REFERRER',
}

/**
 * Replaces the macros that we know, in one pass; what a value brings along is not expanded again, and what we do not know
 * stays as it is. Values from outside are percent-encoded, so they end no attribute, no string and no parameter; the
 * click address, which is all ours, is as it is, and `_ESC` encodes it once for each level that it is nested in.
 */
export function expandMacros(markup: string, needs: MacroNeeds): string {
  return markup.replace(MACRO, (whole: string, ...names: (string | undefined)[]) => {
    const name = names[0] ?? names[1] ?? names[2] ?? names[3]
    return (name === undefined ? null : valueOf(name, needs)) ?? whole
  })
}

function valueOf(stated: string, needs: MacroNeeds): string | null {
  const name = (Object.hasOwn(ALIASES, stated) ? ALIASES[stated] : VENDOR.exec(stated)?.[1]) ?? stated
  // What follows the last sign is where a third party wants to send the click on to; empty is our landing page.
  if (name === 'CLICK_URL') return `${needs.clickUrl}?to=`
  if (name === 'CLICK_URL_ESC') return encoded(`${needs.clickUrl}?to=`)
  if (name === 'CLICK_URL_ESC_ESC') return encoded(encoded(`${needs.clickUrl}?to=`))
  const levels = name.endsWith('_ESC_ESC') ? 2 : 1
  const base = name.replace(/_ESC(?:_ESC)?$/, '')
  const plain = textOf(Object.hasOwn(ALIASES, base) ? ALIASES[base]! : base, needs)
  if (plain === null) return null
  return levels === 2 ? encoded(encoded(plain)) : encoded(plain)
}

/** Null for a name that is not ours; empty for what is not known. */
function textOf(name: string, { cacheBuster, width, height, context = {} }: MacroNeeds): string | null {
  const { signals = {} } = context
  switch (name) {
    case 'CACHEBUSTER':
      return String(cacheBuster)
    case 'WIDTH':
      return String(width)
    case 'HEIGHT':
      return String(height)
    case 'PAGE_URL':
      return context.pageUrl ?? ''
    case 'PAGE_DOMAIN':
      return URL.parse(context.pageUrl ?? '')?.hostname ?? ''
    case 'REFERRER':
      return context.referrer ?? ''
    case 'PLACEMENT_ID':
      return context.placementId ?? ''
    case 'LINE_ITEM_ID':
      return context.lineItemId ?? ''
    case 'CAMPAIGN_ID':
      return context.campaignId ?? ''
    case 'CREATIVE_ID':
      return context.creativeId ?? ''
    default:
      return consentOf(name, signals)
  }
}

function consentOf(name: string, signals: ConsentSignals): string | null {
  switch (name) {
    case 'GDPR':
      return signals.gdpr === undefined ? '' : signals.gdpr ? '1' : '0'
    case 'GDPR_CONSENT':
      return signals.tcf ?? ''
    case 'US_PRIVACY':
      return signals.usPrivacy ?? ''
    case 'GPP_STRING':
      return signals.gpp ?? ''
    case 'GPP_SID':
      return (signals.gppSid ?? []).join(',')
    default:
      return null
  }
}

/** Percent-encoding of all but RFC 3986's unreserved characters: nothing is left that HTML, CSS or a script would act on. */
function encoded(text: string): string {
  const wellFormed = text.toWellFormed()
  return encodeURIComponent(wellFormed).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`
  )
}
