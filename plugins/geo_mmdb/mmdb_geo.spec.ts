import { test } from '@japa/runner'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { PluginError } from '#modules/kernel/plugin'
import { readRecord, traitsOf } from '#plugins/geo_mmdb/geo_record'
import { openChecked } from '#plugins/geo_mmdb/mmdb_check'
import { MmdbGeo } from '#plugins/geo_mmdb/mmdb_geo'
import plugin from '#plugins/geo_mmdb/plugin'
import { fixtureRows } from '#tests/support/fixture_rows'

type Expected = {
  db: string
  network: string
  ip: string
  country?: string
  region?: string[]
  city?: string
  location?: { time_zone?: string; latitude?: number; longitude?: number }
  autonomous_system_number?: number
  [trait: `is_${string}`]: boolean
}

const path = (name: string) =>
  fileURLToPath(new URL(`../../tests/fixtures/geoip/${name}.mmdb`, import.meta.url))
const open = (name: string) => MmdbGeo.open(path(name))
const rows = fixtureRows<Expected>('geoip/expected.jsonl')

const FIELDS = ['country', 'region', 'city', 'timeZone', 'asn']

/** Latitude and longitude, where the row has both. */
function placeOf({ location }: Expected) {
  const { latitude, longitude } = location ?? {}
  return latitude === undefined || longitude === undefined ? {} : { latitude, longitude }
}

test.group('geo_mmdb against the expected answers', () => {
  test('{$self}: every row agrees')
    .with([...new Set(rows.map((row) => row.db))])
    .run(({ assert }, db) => {
      const lookup = open(db)
      const of = rows.filter((row) => row.db === db)
      assert.isNotEmpty(of)
      for (const row of of) {
        assert.deepEqual(
          { ...lookup.lookup(row.ip) },
          {
            ...placeOf(row),
            country: row.country ?? null,
            region: row.region?.[0] ?? null,
            city: row.city ?? null,
            timeZone: row.location?.time_zone ?? null,
            asn: row.autonomous_system_number ?? null,
          },
          `${row.network} ${row.ip}`
        )
        const traits = Object.keys(row).filter(
          (key) => key.startsWith('is_') && row[key as `is_${string}`] === true
        )
        assert.sameMembers(
          [...lookup.listsOf(row.ip)],
          traits.map((trait) => trait.slice(3))
        )
      }
    })

  test('{db} knows {dimensions}')
    .with([
      {
        db: 'GeoIP2-City-Test',
        dimensions: ['country', 'region', 'city', 'timeZone', 'latitude', 'longitude'],
      },
      { db: 'GeoLite2-Country-Test', dimensions: ['country'] },
      { db: 'GeoLite2-ASN-Test', dimensions: ['asn'] },
      { db: 'GeoIP2-Anonymous-IP-Test', dimensions: [] },
      { db: 'MaxMind-DB-test-decoder', dimensions: [] },
    ])
    .run(({ assert }, { db, dimensions }) => assert.sameMembers([...open(db).dimensions], dimensions))
})

test.group('geo_mmdb and the edges of the format', () => {
  test('{db} opens, and knows no place of any address')
    .with(
      ['ipv4-24', 'ipv6-24', 'mixed-24', 'decoder']
        .map((name) => ({ db: `MaxMind-DB-test-${name}` }))
        .concat({ db: 'MaxMind-DB-no-ipv4-search-tree' })
    )
    .run(({ assert }, { db }) => {
      const lookup = open(db)
      for (const address of [
        '1.1.1.1',
        '1.1.1.16',
        '::1.1.1.1',
        '::ffff:1.1.1.1',
        '2002:101:101::',
        '::2:0:40',
        'ff00::',
      ]) {
        assert.deepEqual(Object.values(lookup.lookup(address)), [null, null, null, null, null])
      }
    })

  test('a tree of IPv4 answers no IPv6 address, though its bits would lead somewhere', ({ assert }) => {
    const { tree, record } = openChecked(readFileSync(path('MaxMind-DB-test-ipv4-24')))
    assert.equal(tree.find(Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 0)
    assert.deepEqual(record(tree.find(Uint8Array.of(1, 1, 1, 1))), { ip: '1.1.1.1' })
  })

  test('IPv4 lies in a tree of IPv6 below ::/96, and where the database repeats it', ({ assert }) => {
    const lookup = open('GeoIP2-City-Test')
    const there = lookup.lookup('81.2.69.160')
    assert.equal(there.city, 'London')
    for (const same of ['::81.2.69.160', '::ffff:81.2.69.160', '2002:5102:45a0::', '2001:0:5102:45a0::']) {
      assert.deepEqual(lookup.lookup(same), there, same)
    }
  })

  test('flat records of a city database are read', ({ assert }) => {
    const record = {
      city: 'Montreuil',
      country_code: 'FR',
      latitude: 48.8,
      state1: 'Île-de-France',
      timezone: 'Europe/Paris',
    }
    assert.deepEqual(
      { ...readRecord(record) },
      { country: 'FR', region: 'Île-de-France', city: 'Montreuil', timeZone: 'Europe/Paris', asn: null }
    )
    assert.deepEqual(traitsOf({ is_anonymous: true, is_tor_exit_node: false, is_legitimate_proxy: true }), [
      'anonymous',
    ])
  })

  test('a record of another shape, {$i}, is nowhere')
    .with([
      null,
      'text',
      7,
      [],
      {},
      { country: 'Germany' },
      { country: { iso_code: 7 } },
      { city: { names: [] } },
      { autonomous_system_number: 0 },
    ])
    .run(({ assert }, record) =>
      assert.deepEqual(Object.values(readRecord(record)), [null, null, null, null, null])
    )
})

test.group('geo_mmdb and damage', (group) => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-'))
  group.teardown(() => rmSync(folder, { recursive: true }))

  const city = readFileSync(path('GeoIP2-City-Test'))
  test('{what}: refused with the plugin, the file and the reason in one line')
    .with([
      {
        what: 'a tree that loops',
        bytes: readFileSync(path('MaxMind-DB-test-broken-search-tree-24')),
        reason: /damaged search tree/,
      },
      { what: 'an empty file', bytes: Buffer.alloc(0), reason: /not a MaxMind database/ },
      { what: 'a text', bytes: Buffer.from('country,city\n'), reason: /not a MaxMind database/ },
      {
        what: 'a file cut at half',
        bytes: city.subarray(0, city.length / 2),
        reason: /not a MaxMind database/,
      },
      {
        what: 'a file without its beginning',
        bytes: city.subarray(9_000),
        reason: /cut short|damaged|separator/,
      },
      {
        what: 'a tree overwritten with 255',
        bytes: Buffer.from(city).fill(255, 100, 2_000),
        reason: /damaged search tree/,
      },
      {
        what: 'a tree overwritten with 0',
        bytes: Buffer.from(city).fill(0, 100, 2_000),
        reason: /damaged search tree/,
      },
      {
        what: 'data overwritten with 255',
        bytes: Buffer.from(city).fill(255, 11_000, 14_000),
        reason: /damaged record/,
      },
      {
        what: 'only the metadata',
        bytes: city.subarray(city.lastIndexOf('MaxMind.com') - 3),
        reason: /cut short/,
      },
    ])
    .run(({ assert }, { bytes, reason }) => {
      const file = join(folder, 'city.mmdb')
      writeFileSync(file, bytes)
      const error = thrownBy(() => plugin.build({ geoDatabase: file }))
      assert.instanceOf(error, PluginError)
      assert.match(error!.message, reason)
      assert.isTrue(error!.message.startsWith(`plugin geo_mmdb: ${file} `), error!.message)
      assert.notInclude(error!.message, '\n')
    })

  test('a file that does not exist and a folder are refused by name', ({ assert }) => {
    assert.throws(
      () => plugin.build({ geoDatabase: '/nowhere/city.mmdb' }),
      'plugin geo_mmdb: /nowhere/city.mmdb does not exist'
    )
    assert.throws(
      () => plugin.build({ geoDatabase: folder }),
      `plugin geo_mmdb: ${folder} cannot be read (EISDIR)`
    )
  })

  test('whatever bytes are damaged: refused at the start, or every look-up answers', ({ assert }) => {
    const addresses = rows.filter((row) => row.db === 'GeoIP2-City-Test').map((row) => row.ip)
    const damage = fc.array(fc.tuple(fc.nat(city.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(city)
        for (const [at, value] of changes) bytes[at] = value
        const file = join(folder, 'damaged.mmdb')
        writeFileSync(file, bytes)
        const opened = attempt(() => MmdbGeo.open(file))
        if (opened instanceof Error) return assert.instanceOf(opened, PluginError)
        for (const address of addresses) assert.includeMembers(Object.keys(opened.lookup(address)), FIELDS)
      }),
      { numRuns: 150 }
    )
  }).timeout(60_000)
})

function attempt<Value>(run: () => Value): Value | Error {
  try {
    return run()
  } catch (error) {
    return error as Error
  }
}

function thrownBy(run: () => unknown): Error | null {
  const outcome = attempt(run)
  return outcome instanceof Error ? outcome : null
}
