import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'

const READY_MS = 30_000
const ASK_EVERY_MS = 50

/** The product in a process of its own, on the database of the test run, so that it can be killed. */
export class ServerProcess {
  private child: ChildProcess | null = null

  /** @param storageDir  kept from start to start, so that the next process adopts the log of a dead one */
  constructor(
    readonly port: number,
    readonly storageDir: string,
    private readonly environment: Readonly<Record<string, string>> = {}
  ) {}

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Starts it and waits until it is ready. @throws Error with the tail of its log when it does not become so */
  async start(): Promise<void> {
    const log = createWriteStream(join(this.storageDir, 'server.log'), { flags: 'a' })
    const child = spawn(process.execPath, ['--import=@poppinss/ts-exec', 'bin/server.ts'], {
      cwd: app.makePath(),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...this.environment,
        NODE_ENV: 'production',
        ROLE: 'all',
        HOST: '127.0.0.1',
        PORT: String(this.port),
        STORAGE_DIR: this.storageDir,
        DELIVERY_ORIGIN: this.origin,
        CREATIVE_ORIGIN: this.origin,
        LOG_LEVEL: 'warn',
      },
    })
    child.stdout!.pipe(log)
    child.stderr!.pipe(log)
    this.child = child
    const until = Date.now() + READY_MS
    while (Date.now() < until && child.exitCode === null) {
      if (await this.answers('/health/ready')) return
      await sleep(ASK_EVERY_MS)
    }
    throw new Error(`The server did not become ready; its log is ${join(this.storageDir, 'server.log')}`)
  }

  /** Kill -9, as a crash would: nothing is flushed, nothing is closed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  /** An orderly end. */
  async stop(): Promise<void> {
    await this.end('SIGTERM')
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  private async answers(path: string): Promise<boolean> {
    try {
      const answer = await fetch(`${this.origin}${path}`)
      await answer.arrayBuffer()
      return answer.status === 200
    } catch (error) {
      if (error instanceof TypeError) return false // not listening yet
      throw error
    }
  }
}
