import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'
import { newId } from '#modules/kernel/ids'
import { Identity, IdentityProvisioning } from '#modules/identity/contract'
import { createWorld, freshAddress, WORLD_PASSWORD } from '#tests/support/world'

const organisation = () => ({
  name: 'Acme',
  slug: `acme-${newId().slice(24)}`,
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
})

test.group('provisioning', () => {
  test('an organisation and its owner are made together, or neither is', async ({ assert }) => {
    const provisioning = await app.container.make(IdentityProvisioning)
    const identity = await app.container.make(Identity)
    const owner = { name: 'Ada', email: `${newId()}@example.test`, password: WORLD_PASSWORD }
    const made = await provisioning.createOrganisation({ ...organisation(), owner })
    const logIn = await identity.logIn(owner.email, owner.password, freshAddress())
    assert.equal(logIn.ok && logIn.value.organisationId, made.id)
    const second = organisation()
    await assert.rejects(() => provisioning.createOrganisation({ ...second, owner }), /identity_people_email/)
    const slugs = (await identity.organisations()).map(({ slug }) => slug)
    assert.include(slugs, made.slug)
    assert.notInclude(slugs, second.slug)
  })

  test('{$i}. {change} is refused')
    .with([
      { change: { currency: 'EURO' }, message: /currency/ },
      { change: { slug: 'Not A Slug' }, message: /slug/ },
      { change: { timeZone: 'Mars/Olympus' }, message: /time zone/ },
      { change: { owner: { name: 'Ada', email: 'nobody', password: WORLD_PASSWORD } }, message: /e-mail/ },
    ])
    .run(async ({ assert }, { change, message }) => {
      const provisioning = await app.container.make(IdentityProvisioning)
      await assert.rejects(() => provisioning.createOrganisation({ ...organisation(), ...change }), message)
    })

  test('what the installation does stands in the audit log without an actor', async ({ client, assert }) => {
    const world = await createWorld()
    const audit = await client.get('/api/v1/audit').bearerToken(world.token).qs({ sort: 'at' })
    const entries = audit.body().data as { action: string; personId: string | null }[]
    assert.deepEqual(
      entries.map(({ action, personId }) => [action, personId]),
      [
        ['organisation.created', null],
        ['person.created', null],
        ['token.created', null],
      ]
    )
  })
})
