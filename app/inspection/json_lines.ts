import { StringDecoder } from 'node:string_decoder'
import type { Readable, Writable } from 'node:stream'

/** Longest line that is looked at; the rest of a longer one is dropped, so that one line cannot fill the memory. */
export const MAX_LINE_CHARS = 65_536

/**
 * Writes one JSON object for each line read, in order. Lines end with LF or CR LF; a last one without is a line too.
 * Reads no faster than the reader of the answers takes them.
 *
 * @param answer what to write for a line; called in order, once each
 * @returns lines answered; the count so far when the reader of the answers went away
 */
export async function answerLines(
  input: Readable,
  output: Writable,
  answer: (line: string) => object
): Promise<number> {
  let failure: NodeJS.ErrnoException | null = null
  output.on('error', (error) => (failure = error))
  let answered = 0
  for await (const lines of linesOf(input)) {
    const text = lines.map((line) => `${JSON.stringify(answer(line))}\n`).join('')
    answered += lines.length
    if (!output.write(text)) await ready(output)
    if (failure) break
  }
  if (failure && (failure as NodeJS.ErrnoException).code !== 'EPIPE') throw failure
  return answered
}

/** Resolves when more may be written, or nothing any more. */
function ready(output: Writable): Promise<void> {
  const events = ['drain', 'close', 'error']
  return new Promise((resolve) => {
    const settle = () => {
      for (const event of events) output.off(event, settle)
      resolve()
    }
    for (const event of events) output.on(event, settle)
  })
}

/** The lines of each piece that arrives. */
async function* linesOf(input: Readable): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8')
  let open = ''
  for await (const piece of input) {
    const lines = (open + decoder.write(piece as Buffer)).split('\n')
    open = lines.pop()!.slice(0, MAX_LINE_CHARS)
    if (lines.length > 0) yield lines.map(trimmed)
  }
  open += decoder.end()
  if (open !== '') yield [trimmed(open)]
}

const trimmed = (line: string) => (line.endsWith('\r') ? line.slice(0, -1) : line).slice(0, MAX_LINE_CHARS)
