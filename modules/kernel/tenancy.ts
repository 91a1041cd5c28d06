import type { Database } from '@adonisjs/lucid/database'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Id } from '#modules/kernel/ids'
import { INSTALLATION, isUuid } from '#modules/kernel/ids'
import { ORGANISATION_SETTING } from '#modules/kernel/database/tenant_rows'

export type Transaction = TransactionClientContract

/** The one way to the database. A transaction belongs to one organisation, or openly to the system. */
export class Tenancy {
  constructor(private readonly database: Database) {}

  /**
   * Runs `work` in a transaction that sees only the rows of `organisationId` (SET LOCAL, so a pooled connection
   * never carries it over). Commits when `work` resolves, rolls back when it throws.
   * @throws RangeError when the id is not a uuid, or the installation's
   */
  async transaction<T>(
    organisationId: Id<'organisation'>,
    work: (trx: Transaction) => Promise<T>
  ): Promise<T> {
    return this.tenant(organisationId, work, {})
  }

  /** The same for reading only: everything that `work` reads is of one moment (repeatable read). */
  async view<T>(organisationId: Id<'organisation'>, work: (trx: Transaction) => Promise<T>): Promise<T> {
    return this.tenant(organisationId, work, { isolationLevel: 'repeatable read' })
  }

  /** Runs `work` in a transaction of the system role: background work and log-in look-ups that cross organisations. */
  async system<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    return this.database.connection('system').transaction(work)
  }

  private tenant<T>(
    organisationId: Id<'organisation'>,
    work: (trx: Transaction) => Promise<T>,
    options: { isolationLevel?: 'repeatable read' }
  ): Promise<T> {
    if (!isUuid(organisationId)) throw new RangeError('organisationId is not a uuid')
    if (organisationId === INSTALLATION) {
      throw new RangeError('organisationId is the installation, not a tenant')
    }
    return this.database.connection('app').transaction(async (trx) => {
      await trx.rawQuery(`select set_config('${ORGANISATION_SETTING}', ?, true)`, [organisationId])
      return work(trx)
    }, options)
  }
}
