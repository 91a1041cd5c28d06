/** A URL as a browser reads it from an attribute or a style: without tabs and line ends, and trimmed. */
export function plainUrl(text: string): string {
  return text.replace(/[\t\n\r]/g, '').replace(/^[\x00-\x20]+/, '')
}

/** Whether a reference leads out of the bundle: it names a scheme, a host, or starts at the root of the origin. */
export function leadsOut(url: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|[/\\])/i.test(plainUrl(url)) || /(^|[/\\])\.\.([/\\]|$)/.test(plainUrl(url))
}

export const isData = (url: string): boolean => /^data:/i.test(plainUrl(url))

/**
 * The first reference of a style sheet that leads out of the bundle; null when there is none. Escapes could hide one
 * from this look; the policy that the bundle is served with stops it in the browser.
 */
export function outwardStyle(css: string): string | null {
  for (const [whole, url] of css.matchAll(
    /(?:url\([ \t\r\n]{0,20}|@import[ \t\r\n]{1,20})["']?([^"')\s]{0,200})/gi
  )) {
    if (url !== undefined && url !== '' && !isData(url) && !/^url\(/i.test(url) && leadsOutOfFolder(url)) {
      return whole
    }
  }
  return null
}

/** Sheets lie in folders and may climb: what climbs out of the bundle is stopped by the address that it is served at. */
function leadsOutOfFolder(url: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|[/\\])/i.test(plainUrl(url))
}
