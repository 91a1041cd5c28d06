const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML content and for attribute values in either kind of quotes. Also what `srcdoc` needs. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character]!)
}

/**
 * An http(s) URL as an attribute value; null for anything else, so that no `javascript:` ever gets into a link.
 * Normalised by the URL parser, which also encodes control characters and quotes.
 */
export function urlAttribute(url: string): string | null {
  const parsed = URL.parse(url)
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return null
  return escapeHtml(parsed.href)
}
