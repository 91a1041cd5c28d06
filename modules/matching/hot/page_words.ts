/** What targeting looks at in the address of a page. */

/** Host and path of a page; null when the address is none. */
export type Page = { readonly host: string; readonly path: string }

/** @param url as `URL.href` writes it; query and fragment are left out */
export function pageOf(url: string): Page | null {
  const parsed = URL.parse(url)
  return parsed === null ? null : { host: parsed.hostname, path: parsed.pathname }
}

/** Whether a path lies in a section: is the section itself, or goes on behind it with a slash. */
export function liesIn(path: string, section: string): boolean {
  if (!path.startsWith(section)) return false
  return section.endsWith('/') || path.length === section.length || path[section.length] === '/'
}

/** Words of a text in lower case, each between two spaces: ` real estate `; empty when there is none. */
export function spacedWords(text: string): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
  return words === null ? '' : ` ${words.join(' ')} `
}

/** A path as people read it: percent-encoding undone where it stands for text. */
export function readablePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path // not UTF-8 behind the percent signs: its plain parts still have words
  }
}
