import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { moduleOrder, sideModules } from '#config/modules'
import type { ModuleName } from '#config/topology'

export type Import = { readonly from: string; readonly to: string }
const FACES = new Set(['contract', 'events'])
/** What migrations and tests of a module may also reach; they run beside the module, not inside its face. */
const TEST_FILE = /\.spec\.ts$|\/tests\/|\.bench\.ts$/

/** Every import, export-from and dynamic import of the files, with relative paths turned into `#…` aliases. */
export async function importsOf(patterns: readonly string[]): Promise<Import[]> {
  const found: Import[] = []
  for (const pattern of patterns) {
    for await (const file of glob(pattern)) found.push(...importsIn(file, readFileSync(file, 'utf8')))
  }
  return found
}

/** Imports of one file; `ts.preProcessFile` finds static, dynamic and re-exported ones without running anything. */
export function importsIn(file: string, source: string): Import[] {
  return ts
    .preProcessFile(source, true, true)
    .importedFiles.map(({ fileName }) => ({ from: file, to: aliasOf(file, fileName) }))
}

function aliasOf(file: string, target: string): string {
  if (!target.startsWith('.')) return target.replace(/\.ts$/, '')
  return `#${relative('.', join(dirname(file), target)).replace(/\.tsx?$/, '')}`
}

const moduleOf = (path: string) => /^#?modules\/([a-z_]+)\//.exec(path)?.[1] as ModuleName | undefined
const pluginOf = (path: string) => /^#?plugins\/([a-z0-9_]+)\//.exec(path)?.[1]

function mayImport(from: ModuleName, to: ModuleName): boolean {
  if (to === 'kernel') return true
  const side = sideModules[from]
  if (side) return side.includes(to)
  return moduleOrder.indexOf(to) >= 0 && moduleOrder.indexOf(to) < moduleOrder.indexOf(from)
}

/** The sentence that one import breaks, or null. */
export function violation({ from, to }: Import): string | null {
  const [here, there, plugin] = [moduleOf(from), moduleOf(to), pluginOf(from)]
  const arrow = `${from} → ${to}`
  if (plugin) return pluginViolation(plugin, to, arrow)
  if (!here) return null
  if (to.startsWith('#plugins/')) return `${arrow}: no module imports a plugin`
  if (to.startsWith('#app/') || to.startsWith('#tests/')) {
    return TEST_FILE.test(from) ? null : `${arrow}: a module imports neither the app nor tests`
  }
  if (!there || there === here || TEST_FILE.test(from)) return null
  if (!mayImport(here, there)) return `${arrow}: ${here} may not import ${there}`
  if (there !== 'kernel' && !FACES.has(to.split('/')[2] ?? '')) {
    return `${arrow}: of another module only contract.ts and events.ts are imported`
  }
  return null
}

function pluginViolation(plugin: string, to: string, arrow: string): string | null {
  const other = pluginOf(to)
  if (other && other !== plugin) return `${arrow}: plugins never import plugins`
  const there = moduleOf(to)
  if (to.startsWith('#app/') || (there && there !== 'kernel' && !FACES.has(to.split('/')[2] ?? ''))) {
    return `${arrow}: a plugin imports the one contract that it implements, and kernel`
  }
  return null
}

export function violations(imports: readonly Import[]): string[] {
  return imports.flatMap((one) => violation(one) ?? [])
}

/** Circles among modules, each as the list of its members; type-only faces count too. */
export function circles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, Set<string>>()
  for (const { from, to } of imports) {
    const [here, there] = [moduleOf(from), moduleOf(to)]
    if (here && there && here !== there && !TEST_FILE.test(from)) {
      edges.set(here, (edges.get(here) ?? new Set()).add(there))
    }
  }
  const found: string[][] = []
  const walk = (node: string, path: string[]) => {
    const at = path.indexOf(node)
    if (at >= 0) return void found.push([...path.slice(at), node])
    for (const next of edges.get(node) ?? []) if (path.length < 20) walk(next, [...path, node])
  }
  for (const start of edges.keys()) walk(start, [])
  return found
}
