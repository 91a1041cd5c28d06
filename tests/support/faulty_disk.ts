import { Disk } from '#modules/events/services/log/disk'

/** What the next calls shall do, used up one call after another. */
type Fault = {
  readonly call: 'write' | 'datasync' | 'truncate' | 'create'
  readonly code: string
  readonly after?: number
}

/** The real disk, failing on command: `fail` names the call and the error; `fired` counts what happened. */
export class FaultyDisk extends Disk {
  fired = 0
  writes = 0
  syncs = 0
  private faults: Fault[] = []

  fail(...faults: Fault[]): void {
    this.faults.push(...faults)
  }

  override async write(fd: number, buffer: Buffer, length: number, position: number): Promise<void> {
    this.writes += 1
    const fault = this.take('write')
    if (fault === null) return super.write(fd, buffer, length, position)
    // A full disk takes what fits first: the torn batch is really there.
    await super.write(fd, buffer, Math.min(fault.after ?? 0, length), position)
    throw errorOf(fault)
  }

  override async datasync(fd: number): Promise<void> {
    this.syncs += 1
    const fault = this.take('datasync')
    if (fault !== null) throw errorOf(fault)
    return super.datasync(fd)
  }

  override async truncate(fd: number, length: number): Promise<void> {
    const fault = this.take('truncate')
    if (fault !== null) throw errorOf(fault)
    return super.truncate(fd, length)
  }

  override async create(path: string): Promise<number> {
    const fault = this.take('create')
    if (fault !== null) throw errorOf(fault)
    return super.create(path)
  }

  private take(call: Fault['call']): Fault | null {
    const at = this.faults.findIndex((fault) => fault.call === call)
    if (at === -1) return null
    this.fired += 1
    return this.faults.splice(at, 1)[0]!
  }
}

function errorOf(fault: Fault): NodeJS.ErrnoException {
  return Object.assign(new Error(`planted ${fault.code}`), { code: fault.code })
}
