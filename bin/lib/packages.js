/** Debian packages, installed when we are root or have password-less sudo; their daemons are kept from starting. */
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * While packages are installed a policy-rc.d forbids their daemons to start; whatever was there before is put back,
 * also after an interruption (a leftover of ours is known by its mark). Only packages that are missing are installed.
 */
const SCRIPT = `
policy=/usr/sbin/policy-rc.d; saved=$policy.placard-saved; mark='# placard: no daemon starts while packages are installed'
restore() { grep -qsF "$mark" $policy && rm -f $policy; [ -e $saved ] && mv -f $saved $policy; true; }
trap restore EXIT; trap 'exit 130' INT TERM HUP
restore
[ -e $policy ] && mv -f $policy $saved
printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" > $policy && chmod 755 $policy || exit 1
export DEBIAN_FRONTEND=noninteractive
apt-get update -q && apt-get install -y -q --no-install-recommends "$@" || exit 1
for name in "$@"; do systemctl disable --quiet "$name" 2>/dev/null; done # nor at the next boot
true
`

/** Path of the first program of those names on the PATH, or null. */
export const onPath = (...names) => inFolders(process.env.PATH ?? '', ...names)

/** The same for a PATH that is given. */
export function inFolders(path, ...names) {
  const folders = path.split(delimiter).filter(Boolean)
  for (const name of names) {
    for (const folder of folders) {
      const program = join(folder, name)
      if (existsSync(program)) return program
    }
  }
  return null
}

/** How packages can be installed here: as root, by sudo without a password, or not at all. */
export function installer() {
  if (!onPath('apt-get')) return null
  if (process.getuid?.() === 0) return []
  if (onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) {
    return ['sudo', '-n']
  }
  return null
}

/**
 * Installs Debian packages; all output goes to `logFile`.
 * @returns {Promise<boolean>} false when there is no way to install here, or apt-get failed (the log says why)
 */
export async function installPackages(names, logFile) {
  const prefix = installer()
  if (!prefix) return false
  const [command, ...args] = [...prefix, '/bin/sh', '-c', SCRIPT, 'sh', ...names]
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const keep = (chunk) => appendFileSync(logFile, chunk)
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      keep(`${error.message}\n`)
      resolve(1)
    })
    child.once('close', resolve)
  })
  return code === 0
}
