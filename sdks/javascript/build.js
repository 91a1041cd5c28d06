/**
 * Builds the package from the one source of the tag, `resources/tags`: an ES module, a UMD script and the types.
 *
 *   npm run build
 */
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const ENTRY = `${ROOT}resources/tags/module.ts`
const OUT = `${HERE}build/`
/** Makes of an immediately called function a module for AMD, CommonJS and pages without either. */
const UMD = {
  banner:
    '(function(root,make){if(typeof define==="function"&&define.amd)define([],make);' +
    'else if(typeof module==="object"&&module.exports)module.exports=make();else root.PlacardTag=make()' +
    '})(typeof self!=="undefined"?self:this,function(){',
  footer: 'return PlacardTag});',
}
const common = { entryPoints: [ENTRY], bundle: true, minify: true, target: 'es2019', legalComments: 'none' }

rmSync(OUT, { recursive: true, force: true })
await build({ ...common, format: 'esm', outfile: `${OUT}placard.js` })
await build({
  ...common,
  format: 'iife',
  globalName: 'PlacardTag',
  outfile: `${OUT}placard.umd.cjs`,
  banner: { js: UMD.banner },
  footer: { js: UMD.footer },
})
writeTypes()
cpSync(`${ROOT}LICENSE`, `${HERE}LICENSE`)

function writeTypes() {
  const program = ts.createProgram([ENTRY], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    outDir: `${OUT}types`,
  })
  const write = (file, text) => ts.sys.writeFile(file, text.replaceAll(/(from '\.\/[a-z_]+)\.ts'/g, "$1.js'"))
  const { diagnostics } = program.emit(undefined, write)
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (problems.length === 0) return
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => ROOT,
    getNewLine: () => '\n',
  }
  throw new Error(ts.formatDiagnostics(problems, host))
}
