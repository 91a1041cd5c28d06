import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Browsers of the last six years. */
const TARGET = 'es2019'
const SOURCES = new URL('../../../resources/tags/', import.meta.url)

/** placard.js in the encodings that browsers take. */
export type PublishedScript = {
  readonly etag: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly brotli: Buffer
}

/** The browser's half of serving, compiled. */
export type TagScripts = {
  readonly placard: PublishedScript
  /** Inline script of the tag's document and the CSP source that allows exactly this script. */
  readonly frame: { readonly text: string; readonly source: string }
  /** Inline script of the document for AMP pages. */
  readonly amp: { readonly text: string }
}

let built: Promise<TagScripts> | null = null

/** Compiles `resources/tags` in memory, once per process (tens of milliseconds). */
export function buildTagScripts(): Promise<TagScripts> {
  built ??= Promise.all(['placard.ts', 'frame.ts', 'amp.ts'].map(bundle)).then(([placard, frame, amp]) => ({
    placard: published(placard!),
    frame: { text: frame!, source: `'sha256-${createHash('sha256').update(frame!).digest('base64')}'` },
    amp: { text: amp! },
  }))
  return built
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, SOURCES))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: TARGET,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  })
  // No newline at the end and no way to close the script element: the text also stands inside HTML.
  return outputFiles[0]!.text.trim().replaceAll('</', '<\\/')
}

function published(text: string): PublishedScript {
  const plain = Buffer.from(text)
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
  return { etag, plain, gzip: gzipSync(plain, { level: 9 }), brotli: brotliCompressSync(plain) }
}
