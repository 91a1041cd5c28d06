import Bull, { type Queue } from 'bull'
import { Redis, type RedisOptions } from 'ioredis'

/** All queue keys carry this hash tag, so that they lie in one slot of a Redis Cluster. */
const PREFIX = '{placard}'
/** One waiting job says it all: while it waits, further wakes add nothing. */
const JOB = { jobId: 'wake', removeOnComplete: true, removeOnFail: true }
const CLOSE_WAIT_MS = 1_000

/**
 * Wakes consumers of other processes through Bull. Nothing rests on it: the work lies in a table and a sweeper finds
 * it anyway, so a wake that Redis does not take is dropped, and a Redis that is away is logged once until it is back.
 */
export class Wakes {
  private readonly queues = new Map<string, Queue>()
  private readonly connections: Redis[] = []
  private away = false

  /**
   * @param redis connection of `config/redis.ts`
   * @param log   told once when Redis goes away and once when it is back
   */
  constructor(
    private readonly redis: RedisOptions,
    private readonly log: (message: string) => void
  ) {}

  /** Says that there is work in `queue`, named `module.job`. Returns at once, never throws. */
  wake(queue: string): void {
    const opened = this.open(queue)
    if (opened.client.status !== 'ready') return
    opened.add({}, JOB).catch((error: unknown) => this.lost(error))
  }

  /** Calls `handler` when somebody, in whatever process, wakes the queue; one process of those that listen gets a wake. */
  onWake(queue: string, handler: () => void): void {
    // Bull waits for the connection by itself and comes back with it; what fails here is its first look only.
    Promise.resolve(this.open(queue).process(async () => handler())).catch((error: unknown) =>
      this.lost(error)
    )
  }

  /** Ends every connection, whether Redis answers or not. */
  async close(): Promise<void> {
    await Promise.all([...this.queues.values()].map(closeSoon))
    for (const connection of this.connections) connection.disconnect()
    this.queues.clear()
    this.connections.length = 0
  }

  private open(name: string): Queue {
    const known = this.queues.get(name)
    if (known) return known
    const queue = new Bull(name, { prefix: PREFIX, createClient: () => this.connect() })
    queue.on('error', (error) => this.lost(error))
    this.queues.set(name, queue)
    return queue
  }

  private connect(): Redis {
    const connection = new Redis({ ...this.redis, maxRetriesPerRequest: null, enableReadyCheck: false })
    connection.on('error', (error) => this.lost(error))
    connection.on('ready', () => this.back())
    this.connections.push(connection)
    return connection
  }

  private lost(error: unknown): void {
    if (this.away) return
    this.away = true
    this.log(`Redis does not answer, work is found by looking instead: ${(error as Error).message}`)
  }

  private back(): void {
    if (!this.away) return
    this.away = false
    this.log('Redis answers again')
  }
}

/** Lets Bull say good-bye to Redis, which it would wait for; a process that ends does not wait long. */
async function closeSoon(queue: Queue): Promise<void> {
  if (queue.client.status !== 'ready') return
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_WAIT_MS)
  })
  try {
    await Promise.race([queue.close(true), patience])
  } catch {
    // the connection went while Bull closed: it is ended next in any case
  }
  clearTimeout(timer)
}
