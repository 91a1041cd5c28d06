import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const close = promisify(fs.close)
const datasync = promisify(fs.fdatasync)
const sync = promisify(fs.fsync)
const truncate = promisify(fs.ftruncate)

/**
 * What the writing side of the log asks of the file system; tests put a disk here that fails on command.
 * Every method rejects with the system's error, whose `code` says why (`ENOSPC`, `EIO`, ...).
 */
export class Disk {
  /** Makes the directory with these files in it: it is there with all of them, on disk, or not at all. */
  async createDirectory(path: string, files: Readonly<Record<string, string>>): Promise<void> {
    const draft = join(dirname(path), `.${basename(path)}`)
    await fs.promises.mkdir(draft, { recursive: true })
    for (const [name, text] of Object.entries(files)) {
      await fs.promises.writeFile(join(draft, name), text, { flush: true })
    }
    await this.syncDirectory(draft)
    await fs.promises.rename(draft, path)
    await this.syncDirectory(dirname(path))
  }

  /** Makes names in a directory survive a power cut. */
  async syncDirectory(path: string): Promise<void> {
    const handle = await fs.promises.open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  /** Opens a file that must not exist yet, for writing. */
  create(path: string): Promise<number> {
    return new Promise((resolve, reject) =>
      fs.open(path, 'wx', 0o640, (error, fd) => (error ? reject(error) : resolve(fd)))
    )
  }

  /** Writes all of `buffer[0, length)` at `position`, in as many calls as the system wants. */
  write(fd: number, buffer: Buffer, length: number, position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (done: number) =>
        fs.write(fd, buffer, done, length - done, position + done, (error, written) => {
          if (error) reject(error)
          else if (done + written < length) step(done + written)
          else resolve()
        })
      step(0)
    })
  }

  datasync(fd: number): Promise<void> {
    return datasync(fd)
  }

  truncate(fd: number, length: number): Promise<void> {
    return truncate(fd, length)
  }

  sync(fd: number): Promise<void> {
    return sync(fd)
  }

  close(fd: number): Promise<void> {
    return close(fd)
  }

  /** Removes a file; one that is not there is fine. */
  remove(path: string): Promise<void> {
    return fs.promises.rm(path, { force: true })
  }
}
