import { refuse, shown } from '#modules/campaigns/services/bundles/refusal'

const MAX_NAME_CHARS = 200
const MAX_DEPTH = 8 // folders; real creatives have one or two
const PLAIN = /^[A-Za-z0-9 ._@()+,=~/-]+$/
/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/**
 * The path of an entry, as its bytes say it; a folder ends with a slash. Only plain ASCII is accepted, so that one name
 * means one file on every file system and in every URL.
 *
 * @throws UploadRefused `zip_name`, or `zip_path` for a name that would leave the bundle
 */
export function entryName(raw: Buffer): string {
  const name = raw.toString('latin1')
  if (name.includes('\0')) refuse('zip_name', `The archive has a name with a null character: ${shown(name)}`)
  if (name.includes('\\')) refuse('zip_path', `The archive has a name with a backslash: ${shown(name)}`)
  if (/^[A-Za-z]:/.test(name)) {
    refuse('zip_path', `The archive has a name with a drive letter: ${shown(name)}`)
  }
  if (name.startsWith('/')) refuse('zip_path', `The archive has an absolute name: ${shown(name)}`)
  const parts = (name.endsWith('/') ? name.slice(0, -1) : name).split('/')
  if (parts.includes('..')) refuse('zip_path', `The archive has a name that leaves it: ${shown(name)}`)
  if (name.length > MAX_NAME_CHARS) {
    refuse('zip_name', `The archive has a name of more than ${MAX_NAME_CHARS} characters: ${shown(name)}`)
  }
  if (!PLAIN.test(name)) {
    const detail = `Names in the archive may hold ASCII letters, digits, spaces and ._@()+,=~- only: ${shown(name)}`
    refuse('zip_name', detail)
  }
  if (parts.some((part) => part === '' || /^ |[ .]$/.test(part) || DEVICE.test(part))) {
    refuse('zip_name', `The archive has a name that not every system can keep: ${shown(name)}`)
  }
  if (parts.length > MAX_DEPTH + 1) {
    refuse('zip_depth', `The archive nests folders more than ${MAX_DEPTH} deep: ${shown(name)}`)
  }
  return name
}

/** Takes names one by one. @throws UploadRefused `zip_duplicate` when two would be one file somewhere, or file and folder */
export class NameBook {
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()

  add(name: string): void {
    const key = name.toLowerCase()
    const folder = key.endsWith('/')
    const path = folder ? key.slice(0, -1) : key
    const taken = folder ? this.#files.has(path) : this.#files.has(path) || this.#folders.has(path)
    if (taken) refuse('zip_duplicate', `The archive has the name ${shown(name)} twice, or in two spellings`)
    if (folder) this.#folders.add(path)
    else this.#files.add(path)
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      const parent = path.slice(0, at)
      if (this.#files.has(parent)) {
        refuse('zip_duplicate', `The archive has ${shown(parent)} as a file and as a folder`)
      }
      this.#folders.add(parent)
    }
  }
}

/** Whether a file of a bundle may have this name at all; for addresses, which anybody may make up. */
export function isBundleName(name: string): boolean {
  if (name.length > MAX_NAME_CHARS || !PLAIN.test(name)) return false
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
