/** Databases inside a cluster of ours. Their owner is no superuser, as with a hosted PostgreSQL: it may make roles only. */
import { databaseUrl } from './postgres.js'

const OWNER = 'placard'

async function asSuperuser(cluster, work) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: databaseUrl(cluster, 'postgres') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function ensureOwner(client, password) {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [OWNER])
  const verb = rowCount === 0 ? 'create' : 'alter'
  await client.query(
    `${verb} role ${OWNER} login createrole nosuperuser nobypassrls password ${client.escapeLiteral(password)}`
  )
}

const ownerUrl = (cluster, name) => {
  const url = new URL(databaseUrl(cluster, name))
  url.username = OWNER
  return url.href
}

/** Makes the database when it is missing and returns its owner's URL. */
export async function ensureDatabase(cluster, name) {
  await asSuperuser(cluster, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount > 0) return
    await ensureOwner(client, cluster.password)
    await client.query(`create database ${client.escapeIdentifier(name)} owner ${OWNER}`)
  })
  return ownerUrl(cluster, name)
}

/** Drops the database, cutting whoever is connected, and makes it anew. */
export async function recreateDatabase(cluster, name) {
  await asSuperuser(cluster, async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
  })
  return ensureDatabase(cluster, name)
}
