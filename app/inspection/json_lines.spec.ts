import { test } from '@japa/runner'
import { PassThrough, Readable, Writable } from 'node:stream'
import { answerLines, MAX_LINE_CHARS } from '#app/inspection/json_lines'

async function answersTo(pieces: (string | Buffer)[]): Promise<string[]> {
  const output = new PassThrough()
  const written: string[] = []
  output.on('data', (chunk: Buffer) => written.push(chunk.toString()))
  await answerLines(Readable.from(pieces.map((piece) => Buffer.from(piece))), output, (line) => ({
    input: line,
  }))
  return written
    .join('')
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { input: string }).input)
}

test.group('answer lines', () => {
  test('lines end with LF or CR LF, case {$i}')
    .with([
      { pieces: ['a\nb\n'], lines: ['a', 'b'] },
      { pieces: ['a\nb'], lines: ['a', 'b'] },
      { pieces: ['a\r\nb\r\n'], lines: ['a', 'b'] },
      { pieces: ['\n\na\n\n'], lines: ['', '', 'a', ''] },
      { pieces: [], lines: [] },
      { pieces: ['a', 'b\nc', '\n'], lines: ['ab', 'c'] },
      { pieces: ['a\rb\u2028c\n'], lines: ['a\rb\u2028c'] },
    ])
    .run(async ({ assert }, { pieces, lines }) => assert.deepEqual(await answersTo(pieces), lines))

  test('a character cut by a piece is whole again', async ({ assert }) => {
    const bytes = Buffer.from('é😀\n')
    assert.deepEqual(await answersTo([...bytes].map((byte) => Buffer.of(byte))), ['é😀'])
  })

  test('of an endless line only the beginning is kept, and the next line is its own', async ({ assert }) => {
    const [long, next] = await answersTo([
      ...Array.from({ length: 20 }, () => 'x'.repeat(60_000)),
      '\nnext\n',
    ])
    assert.isAtMost(long!.length, MAX_LINE_CHARS)
    assert.equal(next, 'next')
  })

  test('reads no faster than the answers are taken', async ({ assert }) => {
    let read = 0
    let waiting = 0
    async function* pieces() {
      for (; read < 200; read++) yield Buffer.from('line\n'.repeat(2_000))
    }
    const slow = new Writable({
      highWaterMark: 1_024,
      write(_chunk, _encoding, done) {
        waiting = Math.max(waiting, read)
        if (waiting < 3) setTimeout(done, 5)
        else done()
      },
    })
    const answered = await answerLines(Readable.from(pieces()), slow, (line) => ({ line }))
    assert.equal(answered, 400_000)
  })

  test('ends quietly when the reader of the answers went away', async ({ assert }) => {
    const closed = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('closed'), { code: 'EPIPE' })),
    })
    const input = Readable.from(Array.from({ length: 1_000 }, () => Buffer.from('line\n')))
    assert.isBelow(await answerLines(input, closed, (line) => ({ line })), 1_000)
  })
})
