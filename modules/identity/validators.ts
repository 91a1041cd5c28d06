/** What the endpoints of identity accept; their JSON Schemas come from here too. */
import vine from '@vinejs/vine'
import { parsed } from '#modules/kernel/http/parsed_type'
import { ianaZone, instant, name, uuidId } from '#modules/kernel/http/rules'
import { ROLES, TOKEN_SCOPES } from '#modules/identity/contract'
import { emailAddress } from '#modules/identity/email'
import { PASSWORD_LEAST, PASSWORD_MOST } from '#modules/identity/services/passwords'

const PARTIES_MOST = 100
const SECRET_MOST = 1000

/** A secret as it was typed: nothing is trimmed. What makes a good password is said by `passwordProblem`. */
function secretText(schema: Record<string, unknown> = {}) {
  return parsed<string, string>(
    'secret',
    { type: 'string', minLength: 1, maxLength: SECRET_MOST, ...schema },
    (value) =>
      typeof value === 'string' && value !== '' && value.length <= SECRET_MOST
        ? { value }
        : { expected: `text of 1 to ${SECRET_MOST} characters` }
  )
}
const newPassword = () =>
  secretText({ minLength: PASSWORD_LEAST, maxLength: PASSWORD_MOST, format: 'password' })

export function tokenState() {
  return vine.enum(['active', 'ended'] as const)
}

const party = vine.object({ type: vine.enum(['advertiser', 'publisher'] as const), id: uuidId<'party'>() })
const parties = () => vine.array(party.clone()).maxLength(PARTIES_MOST)

export const loginBody = vine.create({
  email: secretText({ format: 'email' }),
  password: secretText({ format: 'password' }),
})
export const refreshBody = vine.create({ refreshToken: secretText() })
export const passwordBody = vine.create({
  currentPassword: secretText({ format: 'password' }),
  newPassword: newPassword(),
})
export const organisationChange = vine.create({
  name: name().optional(),
  timeZone: ianaZone().optional(),
  currency: vine.string().maxLength(3).optional(),
})
export const personBody = vine.create({
  name: name(),
  email: emailAddress(),
  password: newPassword(),
  role: vine.enum(ROLES),
  parties: parties().optional(),
})
export const personChange = vine.create({
  name: name().optional(),
  role: vine.enum(ROLES).optional(),
  parties: parties().optional(),
  password: newPassword().optional(),
})
export const tokenBody = vine.create({
  name: name(),
  scopes: vine.array(vine.enum(TOKEN_SCOPES)).notEmpty().distinct().maxLength(TOKEN_SCOPES.length),
  expiresAt: instant().nullable().optional(),
})
