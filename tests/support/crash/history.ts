import { readFile } from 'node:fs/promises'

/** How often each id was appended and acknowledged, by the client's own record. */
export type History = { readonly appended: Map<string, number>; readonly acknowledged: Map<string, number> }
/** A row of `events_settled` as far as the check goes. */
export type SettledRow = { readonly id: string; readonly filter: string | null; readonly count: number }

/** Reads what collectors wrote; a last line that a kill cut short counts for nothing. */
export async function readHistories(files: readonly string[]): Promise<History> {
  const history: History = { appended: new Map(), acknowledged: new Map() }
  for (const file of files) {
    const lines = (await readFile(file, 'utf8')).split('\n')
    for (const line of lines.slice(0, -1)) {
      const counts = line.startsWith('k ') ? history.acknowledged : history.appended
      const id = line.slice(2)
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return history
}

/**
 * What is wrong with the settled rows, one sentence each; empty when nothing acknowledged is missing, nothing counts
 * twice, and nothing was settled that nobody appended. An append that was never acknowledged may have arrived.
 */
export function violationsOf(history: History, settled: readonly SettledRow[]): string[] {
  const counted = new Map<string, number>()
  const all = new Map<string, number>()
  for (const { id, filter, count } of settled) {
    if (filter === null) counted.set(id, (counted.get(id) ?? 0) + count)
    all.set(id, (all.get(id) ?? 0) + count)
  }
  const violations: string[] = []
  for (const [id, times] of history.acknowledged) {
    if (!counted.has(id)) violations.push(`${id} was acknowledged and is missing`)
    else if (all.get(id)! < times) {
      violations.push(`${id} was acknowledged ${times} times, settled ${all.get(id)}`)
    }
  }
  for (const [id, times] of counted) if (times > 1) violations.push(`${id} counts ${times} times`)
  for (const [id, times] of all) {
    const appended = history.appended.get(id) ?? 0
    if (times > appended) violations.push(`${id} was appended ${appended} times, settled ${times}`)
  }
  return violations
}
