import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import delivery from '#config/delivery'

export type DemoLogin = { email: string; password: string }
/** `storage/dev/demo.json`: the one place where QA scripts, samples and people look up what the demo holds. */
export type Demo = {
  organisationId: string
  url: string
  edgeUrl: string
  admin: DemoLogin
  advertiser: DemoLogin
  publisher: DemoLogin
  auditor: DemoLogin
  apiToken: string
  placements: { id: string; name: string; sizes: [number, number][]; mediaType: string }[]
}

const FILE = join(delivery.storageDir, 'demo.json')

/** Null when there is no demo network. */
export async function readDemo(): Promise<Demo | null> {
  try {
    return JSON.parse(await readFile(FILE, 'utf8')) as Demo
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Written beside and renamed, so that a reader never sees half of it. It holds log-ins: only the owner may read it. */
export async function writeDemo(demo: Demo): Promise<void> {
  await mkdir(delivery.storageDir, { recursive: true })
  await writeFile(`${FILE}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  await rename(`${FILE}.new`, FILE)
}

/** `courier/rectangle` → `rectangle`. */
export const slotKey = (name: string) => name.slice(name.indexOf('/') + 1)
