/** One storage area (`storage/dev`, `storage/test`): its files, its lock, and the record of what runs in it. */
import { join } from 'node:path'
import { readJson, writableFolder, writeWhole } from './files.js'
import { secretsOf } from './secrets.js'

export class Area {
  /** @param {string} root project folder @param {string} name */
  constructor(root, name) {
    this.root = root
    this.name = name
    writableFolder(root)
    this.folder = writableFolder(join(root, 'storage', name))
    this.lockFile = join(this.folder, 'launcher.lock')
    this.runFile = join(this.folder, 'run.json')
  }

  path(...parts) {
    return join(this.folder, ...parts)
  }

  /** Log file of one part, e.g. `server` or `postgres`. */
  log(part) {
    return this.path(`${part}.log`)
  }

  secrets() {
    return secretsOf(this.folder)
  }

  /** What runs, or ran: `{ launcher, server, postgres, redis, url, state }`, each process as pid and start time. */
  record() {
    return readJson(this.runFile) ?? {}
  }

  /** Changes parts of the record. */
  note(changes) {
    writeWhole(this.runFile, `${JSON.stringify({ ...this.record(), ...changes }, null, 2)}\n`, 0o600)
  }
}
