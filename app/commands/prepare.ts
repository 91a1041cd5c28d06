import { randomUUID } from 'node:crypto'
import { BaseCommand, flags } from '@adonisjs/core/ace'
import pg from 'pg'
import env from '#start/env'
import { DatabaseProblem, databaseAt, demandVersion, explain } from '#app/database/problems'
import { ensureRoles, grantRights, type RoleKind } from '#app/database/roles'

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Makes the database ready to be served from: roles, migrations (on the owner's connection), rights. May run again
 * at any time and while the product serves. A problem with DATABASE_URL is one line on stderr and exit code 1.
 */
export default class Prepare extends BaseCommand {
  static override commandName = 'prepare'
  static override description =
    'Create the database roles, run pending migrations and grant rights; safe to repeat'

  @flags.string({ description: 'Kept with the database; npm start skips this command while it is unchanged' })
  declare stamp?: string

  override async run() {
    const url = env.get('DATABASE_URL')
    try {
      const where = databaseAt(url)
      await this.makeReady(url, where).catch((error: unknown) => {
        throw explain(error, where)
      })
    } catch (error) {
      if (!(error instanceof DatabaseProblem)) throw error
      process.stderr.write(`placard: ${error.message}\n`)
      this.exitCode = 1
    }
  }

  private async makeReady(url: string, where: string) {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'placard prepare',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    })
    await client.connect()
    try {
      const { rows } = await client.query<{ version: number }>(
        `select current_setting('server_version_num')::int as version`
      )
      demandVersion(rows[0].version, where)
      await ensureRoles(client, url, env.get('APP_KEY').release(), this.derivedKinds())
      const { migrate } = await import('#app/database/migrations') // reads DATABASE_URL, so only once that was checked
      const { length } = await migrate(this.app)
      await grantRights(client)
      await this.keepStamp(client)
      this.logger.info(`${where} is ready, ${length} new migration${length === 1 ? '' : 's'}`)
    } finally {
      await client.end()
    }
  }

  /** Roles whose URL is not set by the operator are ours to make. */
  private derivedKinds(): RoleKind[] {
    const given = { app: env.get('DATABASE_APP_URL'), system: env.get('DATABASE_SYSTEM_URL') }
    return (['app', 'system'] as const).filter((kind) => given[kind] === undefined)
  }

  /** The stamp lies in the comment of Lucid's own table, so it lives and dies with the database it speaks of. */
  private async keepStamp(client: pg.Client) {
    if (this.stamp === undefined) return
    const { rows } = await client.query<{ kept: string | null }>(
      `select obj_description('adonis_schema'::regclass) as kept`
    )
    const id = /"id":"([0-9a-f-]{36})"/.exec(rows[0].kept ?? '')?.[1] ?? randomUUID()
    const comment = client.escapeLiteral(JSON.stringify({ stamp: this.stamp, id }))
    await client.query(`comment on table adonis_schema is ${comment}`)
  }
}
