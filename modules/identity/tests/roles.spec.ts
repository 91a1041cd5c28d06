import { test } from '@japa/runner'
import { newId } from '#modules/kernel/ids'
import { PERMISSIONS, ROLES, TOKEN_SCOPES, type Permission, type Role } from '#modules/identity/contract'
import { PARTY_OF_ROLE, permissionsOf } from '#modules/identity/permissions'
import { createWorld } from '#tests/support/world'

/** Written out apart from `permissions.ts`, so that a slip there shows. Columns: o a A P f u v (as in ROLES). */
const EXPECTED: Record<Permission, string> = {
  'organisation.read': 'owner admin advertiser publisher finance auditor viewer',
  'organisation.write': 'owner admin',
  'people.read': 'owner admin viewer',
  'people.write': 'owner admin',
  'tokens.read': 'owner admin advertiser publisher finance auditor viewer',
  'tokens.write': 'owner admin advertiser publisher finance auditor',
  'audit.read': 'owner admin auditor viewer',
  'demand.read': 'owner admin advertiser finance viewer',
  'demand.write': 'owner admin advertiser',
  'conversions.write': 'owner admin advertiser',
  'supply.read': 'owner admin publisher finance viewer',
  'supply.write': 'owner admin publisher',
  'reports.read': 'owner admin advertiser publisher finance viewer',
  'billing.read': 'owner admin finance viewer',
  'billing.write': 'owner admin finance',
  'privacy.manage': 'owner admin auditor',
}
const allowed = (role: Role, permission: Permission) => EXPECTED[permission].split(' ').includes(role)

/** One request per permission that identity's endpoints ask for. */
const REQUESTS: {
  permission: Permission
  method: 'get' | 'post' | 'patch'
  path: (organisation: string) => string
}[] = [
  { permission: 'organisation.read', method: 'get', path: (id) => `/api/v1/organisations/${id}` },
  { permission: 'organisation.write', method: 'patch', path: (id) => `/api/v1/organisations/${id}` },
  { permission: 'people.read', method: 'get', path: () => '/api/v1/people' },
  { permission: 'people.write', method: 'post', path: () => '/api/v1/people' },
  { permission: 'tokens.read', method: 'get', path: () => '/api/v1/tokens' },
  { permission: 'tokens.write', method: 'post', path: () => '/api/v1/tokens' },
  { permission: 'audit.read', method: 'get', path: () => '/api/v1/audit' },
]

test.group('roles and permissions', () => {
  test('{role} has exactly its rights')
    .with(ROLES.map((role) => ({ role })))
    .run(({ assert }, { role }) => {
      const expected = PERMISSIONS.filter((permission) => allowed(role, permission))
      assert.sameMembers([...permissionsOf(role, null)], expected)
      assert.sameMembers([...permissionsOf(role, TOKEN_SCOPES)], expected)
    })

  test('{role} gets 403 where a right is missing and another answer where it is there')
    .with(ROLES.map((role) => ({ role })))
    .run(async ({ client, assert }, { role }) => {
      const world = await createWorld()
      const type = PARTY_OF_ROLE[role]
      const { token } = await world.person(role, { parties: type ? [{ type, id: newId() }] : [] })
      for (const { permission, method, path } of REQUESTS) {
        const request = client[method](path(world.organisation.id)).bearerToken(token)
        const answer = await (method === 'get' ? request : request.json({}))
        if (allowed(role, permission)) assert.notInclude([401, 403, 500], answer.status(), permission)
        else answer.assertStatus(403)
      }
    })

  test('a scope never adds a right and the empty set gives none', ({ assert }) => {
    for (const role of ROLES) {
      const own = permissionsOf(role, null)
      for (const scope of TOKEN_SCOPES) {
        for (const permission of permissionsOf(role, [scope])) assert.isTrue(own.has(permission))
      }
      assert.equal(permissionsOf(role, []).size, 0)
    }
    assert.isFalse(permissionsOf('owner', ['management']).has('privacy.manage'))
    assert.isFalse(permissionsOf('owner', ['reports']).has('demand.read'))
    assert.isTrue(permissionsOf('auditor', ['privacy']).has('privacy.manage'))
  })
})
