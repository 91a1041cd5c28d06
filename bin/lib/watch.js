/** `npm run dev`: tells when a source file changed. */
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['app', 'config', 'modules', 'plugins', 'resources', 'start']
const SOURCE = /\.(ts|tsx|css|svg|json)$/
const SETTLE_MS = 200 // an editor writes a file in several steps

/**
 * Calls back once for each burst of changes below the source folders; specs do not count.
 * @returns {() => void} ends the watching
 */
export function watchSources(root, callback) {
  let timer = null
  const folders = FOLDERS.map((name) => join(root, name)).filter((folder) => existsSync(folder))
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, file) => {
      if (!file || !SOURCE.test(file) || file.endsWith('.spec.ts')) return
      clearTimeout(timer)
      timer = setTimeout(callback, SETTLE_MS)
    })
  )
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
