import { randomBytes } from 'node:crypto'
import app from '@adonisjs/core/services/app'
import type { Id } from '#modules/kernel/ids'
import { newId } from '#modules/kernel/ids'
import {
  Identity,
  IdentityProvisioning,
  type Organisation,
  type Party,
  type Principal,
  type Role,
  type TokenScope,
} from '#modules/identity/contract'

export type WorldPerson = {
  readonly id: Id<'person'>
  readonly email: string
  readonly password: string
  /** An API token of this person with all scopes: `Authorization: Bearer`. */
  readonly token: string
  readonly tokenId: Id<'api_token'>
  readonly principal: Principal
}

export type World = {
  readonly organisation: Organisation
  readonly owner: WorldPerson
  /** The owner's token, for `client.get(…).bearerToken(world.token)`. */
  readonly token: string
  /** The owner as a principal, for calling services. */
  readonly principal: Principal
  /** Adds a person of another role, with a token; `parties` for advertisers and publishers. */
  person(
    role: Role,
    options?: { parties?: readonly Party[]; scopes?: readonly TokenScope[] }
  ): Promise<WorldPerson>
}

export type WorldOptions = { readonly currency?: string; readonly timeZone?: string; readonly name?: string }
/** An address of a network of its own, for `X-Forwarded-For`: log-ins that fail in one test slow down no other. */
export function freshAddress(): string {
  const bytes = randomBytes(2)
  return `10.${bytes[0]}.${bytes[1]}.1`
}

export const WORLD_PASSWORD = 'correct horse battery staple'
const ALL_SCOPES: readonly TokenScope[] = ['management', 'reports', 'privacy']

/**
 * A fresh organisation with an owner and a token, for one functional test. Nothing is cleaned up afterwards: ids, slugs
 * and e-mails are new each time, and no test may look beyond its own organisation.
 */
export async function createWorld({
  currency = 'EUR',
  timeZone = 'Europe/Berlin',
  name = 'Test network',
}: WorldOptions = {}): Promise<World> {
  const provisioning = await app.container.make(IdentityProvisioning)
  const organisation = await provisioning.createOrganisation({
    name,
    slug: `test-${newId().slice(9).replaceAll('-', '')}`,
    currency,
    timeZone,
  })
  const owner = await addPerson(organisation, 'owner')
  return {
    organisation,
    owner,
    token: owner.token,
    principal: owner.principal,
    person: (role, options) => addPerson(organisation, role, options),
  }
}

async function addPerson(
  { id: organisationId }: Organisation,
  role: Role,
  { parties = [], scopes = ALL_SCOPES }: { parties?: readonly Party[]; scopes?: readonly TokenScope[] } = {}
): Promise<WorldPerson> {
  const provisioning = await app.container.make(IdentityProvisioning)
  const identity = await app.container.make(Identity)
  const email = `${role}-${newId()}@example.test`
  const password = WORLD_PASSWORD
  const id = await provisioning.createPerson({
    organisationId,
    name: `The ${role}`,
    email,
    password,
    role,
    parties,
  })
  const { id: tokenId, secret } = await provisioning.createToken({
    organisationId,
    personId: id,
    name: 'test',
    scopes,
  })
  const principal = await identity.principalOf(id, organisationId)
  if (!principal) throw new Error(`The ${role} of the test world is no member`)
  return { id, email, password, token: secret, tokenId, principal }
}
