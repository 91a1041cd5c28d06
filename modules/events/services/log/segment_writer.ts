import { mkdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Disk } from '#modules/events/services/log/disk'
import { segmentName } from '#modules/events/services/log/directory'
import { HEADER_BYTES, writeHeader } from '#modules/events/services/log/format'
import { LogCapacity, LogCapReachedError } from '#modules/events/services/log/log_capacity'
import { HEARTBEAT_MS, OWNER_FILE, ownerText } from '#modules/events/services/log/owner'

export type SegmentOptions = {
  readonly logDir: string
  readonly logId: string
  readonly segmentBytes: number
  readonly capBytes: number
}

type Open = { readonly fd: number; readonly path: string; size: number }

/**
 * The file side of one process's log: batches in, synced bytes out, one batch at a time. Nothing exists on disk
 * before the first batch. After any failure the file in hand is cut back to what was synced and never written again:
 * a failed fdatasync may have dropped the dirty pages, so a later success on the same file would prove nothing.
 */
export class SegmentWriter {
  private readonly directory: string
  private readonly capacity: LogCapacity
  private open: Open | null = null
  private segment = 0
  private records = 0n
  private hasDirectory = false
  private touchedAt = 0

  constructor(
    private readonly options: SegmentOptions,
    private readonly disk: Disk = new Disk()
  ) {
    this.directory = join(options.logDir, options.logId)
    this.capacity = new LogCapacity(options.logDir, options.capBytes)
  }

  /**
   * Returns when `batch[0, length)` lies on disk. Not re-entrant.
   * @throws the system's error, or LogCapReachedError; then nothing of the batch is promised
   */
  async write(batch: Buffer, length: number, records: number): Promise<void> {
    await this.capacity.claim(length)
    await this.touch()
    if (this.open !== null && this.open.size + length > this.options.segmentBytes) await this.finish()
    const file = (this.open ??= await this.next())
    try {
      await this.disk.write(file.fd, batch, length, file.size)
      await this.disk.datasync(file.fd)
    } catch (error) {
      await this.abandon(file)
      throw error
    }
    file.size += length
    this.records += BigInt(records)
  }

  /** Closes the log for good: without its owner file, a shipper knows that all of it is there. */
  async close(): Promise<void> {
    await this.finish()
    if (this.hasDirectory) await this.disk.remove(join(this.directory, OWNER_FILE))
  }

  private async finish(): Promise<void> {
    const file = this.open
    this.open = null
    if (file !== null) await this.disk.close(file.fd)
  }

  private async next(): Promise<Open> {
    await this.prepare()
    const segment = ++this.segment
    const path = join(this.directory, segmentName(segment))
    const fd = await this.create(path)
    try {
      const header = writeHeader({ logId: this.options.logId, segment, firstRecord: this.records })
      await this.disk.write(fd, header, HEADER_BYTES, 0)
      await this.disk.syncDirectory(this.directory)
    } catch (error) {
      await attempt(() => this.disk.close(fd))
      await attempt(() => this.disk.remove(path))
      throw error
    }
    return { fd, path, size: HEADER_BYTES }
  }

  private async create(path: string): Promise<number> {
    try {
      return await this.disk.create(path)
    } catch (error) {
      // Somebody took the directory away: the next batch makes it again, and segment numbers go on.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.hasDirectory = false
      throw error
    }
  }

  private async prepare(): Promise<void> {
    if (this.hasDirectory) return
    await mkdir(this.options.logDir, { recursive: true })
    await this.disk.createDirectory(this.directory, { [OWNER_FILE]: ownerText() })
    this.hasDirectory = true
    this.touchedAt = performance.now()
  }

  /** The heartbeat of owners that a shipper cannot look up. */
  private async touch(): Promise<void> {
    const now = performance.now()
    if (!this.hasDirectory || now - this.touchedAt < HEARTBEAT_MS) return
    this.touchedAt = now
    const time = new Date()
    await attempt(() => utimes(join(this.directory, OWNER_FILE), time, time))
  }

  /** Cuts the failed batch off, so that no reader takes what was refused; then lets go of the file. */
  private async abandon(file: Open): Promise<void> {
    this.open = null
    await attempt(() => this.disk.truncate(file.fd, file.size))
    await attempt(() => this.disk.sync(file.fd))
    await attempt(() => this.disk.close(file.fd))
    if (file.size === HEADER_BYTES) await attempt(() => this.disk.remove(file.path))
  }
}

/** Reclaims after a failure whose error is already on its way up; a second failure adds nothing to it. */
async function attempt(step: () => Promise<unknown>): Promise<void> {
  await step().catch(() => undefined)
}

/** True for failures that go away when space is made. */
export function isFull(error: unknown): boolean {
  if (error instanceof LogCapReachedError) return true
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}
