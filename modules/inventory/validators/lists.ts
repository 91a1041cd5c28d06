/** What the lists of supply can be sorted by, narrowed by and searched in. */
import { collection, equals, filterBy, oneOf } from '#modules/kernel/http/collection'
import { uuidId } from '#modules/kernel/http/rules'
import { SITE_TYPES } from '#modules/inventory/models/site'

const STATUSES = ['active', 'paused', 'archived']
const sorts = (table: string) => ({
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  name: { sql: `lower(${table}.name)` },
  status: 'status',
})
const status = oneOf('status', STATUSES)

export const publisherLists = collection({
  table: 'inventory_publishers',
  sort: sorts('inventory_publishers'),
  defaultSort: '-createdAt',
  search: ['name', 'domain'],
  filters: { status },
})

export const siteLists = collection({
  table: 'inventory_sites',
  sort: sorts('inventory_sites'),
  defaultSort: '-createdAt',
  search: ['name', 'domain', 'bundle'],
  filters: {
    status,
    publisherId: equals('publisher_id', uuidId<'publisher'>()),
    type: oneOf('type', SITE_TYPES),
  },
})

export const placementLists = collection({
  table: 'inventory_placements',
  sort: sorts('inventory_placements'),
  defaultSort: '-createdAt',
  search: ['name'],
  filters: {
    status,
    siteId: equals('site_id', uuidId<'site'>()),
    publisherId: filterBy(uuidId<'publisher'>(), (query, id) => {
      void query.whereIn('site_id', (sites) => {
        void sites.from('inventory_sites').select('id').where('publisher_id', id)
      })
    }),
  },
})
