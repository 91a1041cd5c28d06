import { INSTALLATION } from '#modules/kernel/ids'
import type { Tenancy, Transaction } from '#modules/kernel/tenancy'

/** One module may read several streams, or one stream twice; each reading has a name of its own. */
const SETTLED_FACTS = 'settled_facts'

/** From where to where a cursor moves: `from` is what `position` said when the page was read. */
export type CursorMove = { readonly from: bigint; readonly to: bigint; readonly name?: string }

/**
 * How far a module has consumed an ordered stream. The cursor lies in the module's own table (`createCursorTable`)
 * and moves in the transaction of the effects, so both happen or neither: a consumer may be stopped anywhere and run
 * twice at once.
 *
 *     const from = await cursors.position('reporting')
 *     const facts = await settled.after(from, 10_000)
 *     if (facts.length === 0) return
 *     await cursors.advance('reporting', { from, to: facts.at(-1)!.seq }, (trx) => addUp(trx, facts))
 */
export class Cursors {
  constructor(private readonly tenancy: Tenancy) {}

  /** The last position whose effects are committed; 0n before the first. */
  async position(module: string, name: string = SETTLED_FACTS): Promise<bigint> {
    return this.tenancy.system(async (trx) => {
      const row = (await trx.from(table(module)).where('name', name).select('position').first()) as Row | null
      return row === null ? 0n : BigInt(row.position)
    })
  }

  /**
   * Runs `effects` and moves the cursor, in one transaction of the system role that holds the cursor's row.
   *
   * @returns false, with nothing done, when the cursor is not at `from` any more: another process was faster
   * @throws RangeError when `to` is not behind `from`; whatever `effects` throws, and then nothing has happened
   */
  async advance(
    module: string,
    move: CursorMove,
    effects: (trx: Transaction) => Promise<unknown>
  ): Promise<boolean> {
    const { from, to, name = SETTLED_FACTS } = move
    if (to <= from) throw new RangeError(`cursor of ${module} cannot move from ${from} to ${to}`)
    return this.tenancy.system(async (trx) => {
      if ((await this.hold(trx, module, name)) !== from) return false
      await effects(trx)
      await trx
        .from(table(module))
        .where('name', name)
        .update({ position: to.toString(), moved_at: new Date() })
      return true
    })
  }

  /** Locks the cursor's row, made when it is new, until the transaction ends. */
  private async hold(trx: Transaction, module: string, name: string): Promise<bigint> {
    await trx
      .knexQuery()
      .table(table(module))
      .insert({ name, organisation_id: INSTALLATION, position: '0', moved_at: new Date() })
      .onConflict('name')
      .ignore()
    const row = (await trx
      .from(table(module))
      .where('name', name)
      .select('position')
      .forUpdate()
      .first()) as Row
    return BigInt(row.position)
  }
}

type Row = { readonly position: string }

function table(module: string): string {
  if (!/^[a-z_]{1,40}$/.test(module)) throw new RangeError(`${module} is not the name of a module`)
  return `${module}_cursors`
}
