import { invalid } from '#modules/kernel/http/failures'
import { ProblemException } from '#modules/kernel/problem'
import { sha256Of } from '#modules/audiences/services/references'

/** Hashed ids of so many people as one upload may name, with room for a JSON object around each. */
export const MAX_UPLOAD_BYTES = 80 * 1024 * 1024
export const MAX_UPLOAD_LINES = 1_000_000
const MAX_LINE_CHARS = 1_024
const MAX_ID_CHARS = 256
const SHA256 = /^[0-9a-f]{64}$/i
export type FileFormat = 'csv' | 'json'
export type IdForm = 'raw' | 'sha256'

/** Format of an upload by its media type; null when it is neither CSV nor JSON lines. */
export function formatOf(contentType: string | undefined): FileFormat | null {
  const type = contentType?.split(';')[0]!.trim().toLowerCase()
  if (type === 'text/csv' || type === 'text/plain') return 'csv'
  return type === 'application/x-ndjson' || type === 'application/jsonl' ? 'json' : null
}

/**
 * SHA-256 in hex of the ids of a file, line by line as it comes. CSV: the first column, quotes allowed, a first line
 * `id` left out; JSON lines: objects with `id`. Empty lines are left out.
 *
 * @throws ProblemException 413 when the file is too large, 422 naming the line that is at fault
 */
export async function* idsOf(
  stream: AsyncIterable<Buffer>,
  format: FileFormat,
  form: IdForm
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let bytes = 0
  let line = 0
  const read = (text: string) => {
    if (++line > MAX_UPLOAD_LINES) throw tooLarge(`${MAX_UPLOAD_LINES} lines`)
    return idOf(text, line, format, form)
  }
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > MAX_UPLOAD_BYTES) throw tooLarge(`${MAX_UPLOAD_BYTES} bytes`)
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    if (rest.length > MAX_LINE_CHARS) throw fault(line + 1, `at most ${MAX_LINE_CHARS} characters`)
    for (const text of lines) {
      const id = read(text)
      if (id !== null) yield id
    }
  }
  const last = read(rest + decoder.decode())
  if (last !== null) yield last
}

function idOf(text: string, line: number, format: FileFormat, form: IdForm): string | null {
  const trimmed = text.replace(/^\ufeff/, '').trim()
  if (trimmed === '') return null
  const id = format === 'csv' ? cellOf(trimmed) : jsonId(trimmed, line)
  if (format === 'csv' && line === 1 && id.toLowerCase() === 'id') return null
  if (form === 'sha256') {
    if (!SHA256.test(id)) throw fault(line, 'a SHA-256 in 64 hexadecimal digits')
    return id.toLowerCase()
  }
  if (id === '' || id.length > MAX_ID_CHARS) throw fault(line, `an id of 1 to ${MAX_ID_CHARS} characters`)
  return sha256Of(id)
}

function cellOf(line: string): string {
  if (!line.startsWith('"')) return line.split(',', 1)[0]!.trim()
  const end = line.indexOf('"', 1)
  return end === -1 ? '' : line.slice(1, end)
}

function jsonId(line: string, number: number): string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw fault(number, 'a JSON object') // SyntaxError is the only thing that JSON.parse throws
  }
  const id = value !== null && typeof value === 'object' && 'id' in value ? value.id : undefined
  if (typeof id !== 'string') throw fault(number, 'a JSON object with a text `id`')
  return id
}

function fault(line: number, expected: string): ProblemException {
  return invalid(`line ${line}`, 'line', `Line ${line} must be ${expected}; nothing was changed.`)
}

function tooLarge(most: string): ProblemException {
  const detail = `An upload may have at most ${most}; send several.`
  return new ProblemException(413, 'E_BODY_TOO_LARGE', { detail })
}
