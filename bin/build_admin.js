/**
 * Builds the admin: pages for the server, islands and styles for the browser.
 *
 *   node bin/build_admin.js
 *
 * resources/admin/pages/*.tsx    → build/admin/pages.js      (Solid, server rendering, not hydrated)
 * resources/admin/islands/*.tsx  → build/public/assets/      (Solid, hydrated) and, for the server, in pages.js
 * resources/admin/styles/*.css   → build/public/assets/
 * build/admin/manifest.json names the hashed files. Nothing is done when the inputs are those of the last build.
 */
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SOURCE = join(ROOT, 'resources/admin')
const OUT = join(ROOT, 'build')
const MANIFEST = join(OUT, 'admin/manifest.json')

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function digestOfInputs() {
  const hash = createHash('sha256')
  for (const file of [
    ...filesBelow(SOURCE),
    fileURLToPath(import.meta.url),
    join(ROOT, 'package-lock.json'),
  ]) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function lastDigest() {
  if (!existsSync(MANIFEST)) return null
  return JSON.parse(readFileSync(MANIFEST, 'utf8')).inputs
}

/** Compiles `.tsx` by Solid's own compiler; islands are hydratable, pages are not. */
async function solidPlugin(generate) {
  const { transformAsync } = await import('@babel/core')
  return {
    name: 'solid',
    setup(build) {
      build.onLoad({ filter: /\.tsx$/ }, async ({ path }) => {
        const hydratable = path.includes('/islands/')
        const { code } = await transformAsync(readFileSync(path, 'utf8'), {
          filename: path,
          babelrc: false,
          configFile: false,
          presets: [
            ['@babel/preset-typescript', { allExtensions: true, isTSX: true, onlyRemoveTypeImports: true }],
            ['babel-preset-solid', { generate, hydratable }],
          ],
        })
        return { contents: code, loader: 'js' }
      })
    },
  }
}

/** One module that exports every page and every island by file name. */
function serverEntry() {
  const line = (folder, kind) =>
    readdirSync(join(SOURCE, folder))
      .filter((name) => name.endsWith('.tsx'))
      .map((name) => `export { default as ${kind}_${name.slice(0, -4)} } from './${folder}/${name}'`)
  return [
    ...line('pages', 'page'),
    ...line('islands', 'island'),
    `export { renderToString, generateHydrationScript, ssr } from 'solid-js/web'`,
  ].join('\n')
}

function browserEntry() {
  const names = readdirSync(join(SOURCE, 'islands'))
    .filter((name) => name.endsWith('.tsx'))
    .map((name) => name.slice(0, -4))
  return [
    `import { hydrate } from 'solid-js/web'`,
    `import { createComponent } from 'solid-js'`,
    ...names.map((name) => `import ${name} from './islands/${name}.tsx'`),
    `const islands = { ${names.join(', ')} }`,
    `for (const root of document.querySelectorAll('[data-island]')) {`,
    `  const props = JSON.parse(root.dataset.props)`,
    `  hydrate(() => createComponent(islands[root.dataset.island], props), root, { renderId: root.dataset.renderId })`,
    `}`,
  ].join('\n')
}

async function build(inputs) {
  const esbuild = await import('esbuild')
  const common = {
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: true,
    metafile: true,
    logLevel: 'warning',
    absWorkingDir: ROOT,
  }
  const assets = join(OUT, 'public/assets')
  rmSync(assets, { recursive: true, force: true })
  mkdirSync(dirname(MANIFEST), { recursive: true })
  await esbuild.build({
    ...common,
    stdin: { contents: serverEntry(), resolveDir: SOURCE, loader: 'js' },
    outfile: join(OUT, 'admin/pages.js'),
    platform: 'node',
    external: ['solid-js', 'solid-js/web', 'solid-js/store'],
    loader: { '.css': 'empty' },
    plugins: [await solidPlugin('ssr')],
  })
  const script = await esbuild.build({
    ...common,
    stdin: { contents: browserEntry(), resolveDir: SOURCE, loader: 'js' },
    outdir: assets,
    entryNames: 'admin-[hash]',
    platform: 'browser',
    conditions: ['browser', 'production'],
    minify: true,
    loader: { '.css': 'empty' },
    plugins: [await solidPlugin('dom')],
  })
  const style = await esbuild.build({
    ...common,
    entryPoints: [join(SOURCE, 'styles/admin.css'), join(SOURCE, 'styles/demo.css')],
    outdir: assets,
    entryNames: '[name]-[hash]',
    minify: true,
    loader: { '.woff2': 'file', '.svg': 'file' },
  })
  cpSync(join(SOURCE, 'static'), join(OUT, 'public'), { recursive: true })
  const named = {}
  for (const path of [...Object.keys(script.metafile.outputs), ...Object.keys(style.metafile.outputs)]) {
    const file = path.split('/').pop()
    if (file.endsWith('.css')) named[`${file.split('-')[0]}.css`] = `/assets/${file}`
    if (file.endsWith('.js')) named['admin.js'] = `/assets/${file}`
  }
  writeFileSync(`${MANIFEST}.new`, JSON.stringify({ inputs, files: named }, null, 2))
  renameSync(`${MANIFEST}.new`, MANIFEST)
}

const inputs = digestOfInputs()
if (lastDigest() === inputs) {
  console.log('admin assets: up to date')
} else {
  const started = Date.now()
  await build(inputs)
  console.log(`admin assets: built in ${Date.now() - started} ms`)
}
