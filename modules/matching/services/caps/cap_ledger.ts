/** How counts lie in Redis. All keys share a hash tag, so that they lie in one slot of a Redis Cluster. */
import type { Redis } from 'ioredis'
import { DAY_MS } from '#modules/kernel/time'
import { LIFETIME_MS } from '#modules/matching/services/caps/cap_rules'
import { capShardOf } from '#modules/matching/services/caps/cap_store'
import type { CapDelta } from '#modules/matching/services/caps/cap_deltas'

const PREFIX = '{placard}:caps'
const STREAM = `${PREFIX}:news`
/** Batches that a process may be behind, about three hours of one writer, and how long a batch can be repeated. */
const NEWS_KEPT = 10_000
const REPEATS_KEPT_MS = 3_600_000
const NEWS_PER_LOOK = 200
const QUARTER_OF_YEAR_MS = 90 * DAY_MS

/** One change as it is written: shard, key, expiry of the key, field, difference. */
type Line = readonly [shard: number, key: string, expiresMs: number, field: string, by: number]
export type CapNews = { readonly id: string; readonly origin: string; readonly lines: readonly Line[] }
export type KeptCount = Omit<CapDelta, 'by'> & { readonly count: number }
/** What Redis holds of a shard, and up to which news. */
export type KeptShard = { readonly newsId: string; readonly counts: readonly KeptCount[] }

/** Adds a batch once, however often it is sent: its id is kept for as long as a repeat can come. */
const WRITE = `
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[3]) then return 0 end
for _, line in ipairs(cjson.decode(ARGV[2])) do
  redis.call('HINCRBY', line[2], line[4], line[5])
  redis.call('PEXPIREAT', line[2], string.format('%d', line[3]))
  redis.call('SADD', KEYS[3] .. line[1], line[2])
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], '*', 'o', ARGV[1], 'd', ARGV[2])
return 1`
const READ = `
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local found = { last[1] and last[1][1] or '0-0' }
for _, key in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  local fields = redis.call('HGETALL', key)
  if #fields == 0 then redis.call('SREM', KEYS[2], key)
  else
    found[#found + 1] = { redis.call('PTTL', key), fields }
  end
end
return found`
const ERASE = `
local erased = 0
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, #ARGV[1]) == ARGV[1] then erased = erased + redis.call('HDEL', key, field) end
  end
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '-', '+')) do
  if string.find(entry[2][4], ARGV[1], 1, true) then redis.call('XDEL', KEYS[2], entry[1]) end
end
redis.call('XADD', KEYS[2], '*', 'o', '', 'd', ARGV[2])
return erased`

/** Reads and writes counts. Every method throws what Redis throws. */
export class CapLedger {
  constructor(private readonly redis: Pick<Redis, 'eval' | 'xrange'>) {}

  /** @param batchId a repeated one adds nothing */
  async write(origin: string, batchId: string, deltas: readonly CapDelta[], nowMs: number): Promise<void> {
    const lines = deltas.map((delta) => lineOf(delta, nowMs))
    const keys = [STREAM, `${PREFIX}:batch:${batchId}`, `${PREFIX}:keys:`]
    const values = [origin, JSON.stringify(lines), REPEATS_KEPT_MS, NEWS_KEPT]
    await this.redis.eval(WRITE, keys.length, ...keys, ...values)
  }

  async readShard(shard: number, nowMs: number): Promise<KeptShard> {
    const answer = await this.redis.eval(READ, 2, STREAM, `${PREFIX}:keys:${shard}`)
    const [newsId, ...hashes] = answer as [string, ...[number, string[]][]]
    const counts: KeptCount[] = []
    for (const [leftMs, fields] of hashes) {
      for (let at = 0; at < fields.length; at += 2) {
        const count = Number(fields[at + 1])
        if (count > 0) counts.push({ ...fieldOf(fields[at]!), count, expiresMs: nowMs + leftMs })
      }
    }
    return { newsId, counts }
  }

  /** News after an id, oldest first. A line with an empty key says that a person was erased. */
  async newsAfter(id: string): Promise<CapNews[]> {
    const [ms, number] = id.split('-').map(Number)
    const entries = await this.redis.xrange(STREAM, `${ms}-${number! + 1}`, '+', 'COUNT', NEWS_PER_LOOK)
    return entries.map(([entry, [, origin, , lines]]) => {
      return { id: entry, origin: origin ?? '', lines: JSON.parse(lines ?? '[]') as Line[] }
    })
  }

  /** Forgets a person, unread news included, and tells the other processes; how many counts there were. */
  async erase(subject: string): Promise<number> {
    const shard = capShardOf(subject)
    const line: Line = [shard, '', 0, `${subject}|`, 0]
    const keys = [`${PREFIX}:keys:${shard}`, STREAM]
    return Number(await this.redis.eval(ERASE, 2, ...keys, `${subject}|`, JSON.stringify([line])))
  }
}

/**
 * Counts that end on the same day share a key that ends with it, so nothing has to be tidied up. A lifetime is kept
 * in pieces of 90 days, each for 400 days more, and read as their sum.
 */
function lineOf({ subject, counter, window, by, expiresMs }: CapDelta, nowMs: number): Line {
  const shard = capShardOf(subject)
  const field = `${subject}|${counter}|${window}`
  if (counter.endsWith(' l')) {
    const piece = Math.floor(nowMs / QUARTER_OF_YEAR_MS)
    const until = (piece + 1) * QUARTER_OF_YEAR_MS + LIFETIME_MS
    return [shard, `${PREFIX}:${shard}:l${piece}`, until, field, by]
  }
  const day = Math.ceil(expiresMs / DAY_MS)
  return [shard, `${PREFIX}:${shard}:d${day}`, day * DAY_MS, field, by]
}

/** Subject, counter and window of a field; the counter and window of an erasure are empty. */
export function fieldOf(field: string): { subject: string; counter: string; window: number } {
  const [subject = '', counter = '', window = '0'] = field.split('|')
  return { subject, counter, window: Number(window) }
}
