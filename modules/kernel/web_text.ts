/** Text that goes into pages and scripts, escaped for the place where it goes. */

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const SCRIPT: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** Text for HTML content, and for attribute values in either kind of quotes. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character]!)
}

/**
 * A value as a JavaScript expression: JSON that neither ends a script element, opens a comment in one, nor breaks a
 * line of scripts from before 2019.
 */
export function scriptValue(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => SCRIPT[character]!)
}
