/**
 * Patterns in which `*` stands for any characters, none included. Each literal part is searched by its failure
 * function, so matching costs at most a constant number of steps per character of text and pattern, whatever they are.
 *
 * @source Knuth, Morris, Pratt: Fast Pattern Matching in Strings (1977)
 */
export type Glob = { readonly parts: readonly GlobPart[] }
type GlobPart = { readonly text: string; readonly failure: Uint16Array }

export function compileGlob(pattern: string): Glob {
  return { parts: pattern.split('*').map((text) => ({ text, failure: failureOf(text) })) }
}

/** Whether the pattern stands for the whole text. First occurrences are enough: what comes later only has less room. */
export function matchesGlob({ parts }: Glob, text: string): boolean {
  const first = parts[0].text
  if (parts.length === 1) return text === first
  const last = parts[parts.length - 1].text
  const end = text.length - last.length
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (let part = 1; part < parts.length - 1; part++) {
    at = endOfFirst(parts[part], text, at, end)
    if (at < 0) return false
  }
  return true
}

/** By length of a prefix less one: the longest proper prefix of it that is also its suffix. */
function failureOf(text: string): Uint16Array {
  const failure = new Uint16Array(text.length)
  for (let at = 1, length = 0; at < text.length; at++) {
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length)) length = failure[length - 1]
    if (text.charCodeAt(at) === text.charCodeAt(length)) length++
    failure[at] = length
  }
  return failure
}

/** End of the first occurrence within [from, to) of the text; -1 when there is none. */
function endOfFirst({ text: part, failure }: GlobPart, text: string, from: number, to: number): number {
  if (part.length === 0) return from
  let length = 0
  for (let at = from; at < to; at++) {
    while (length > 0 && text.charCodeAt(at) !== part.charCodeAt(length)) length = failure[length - 1]
    if (text.charCodeAt(at) === part.charCodeAt(length)) length++
    if (length === part.length) return at + 1
  }
  return -1
}
