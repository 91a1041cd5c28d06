/** Fields that every managed object takes. */
import vine from '@vinejs/vine'
import { text } from '#modules/kernel/http/rules'
import { parsed, type Reading } from '#modules/kernel/http/parsed_type'

const REASON_LENGTH = 500
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** Why a status changes, in the words of whoever changes it. */
export function reason() {
  return text(REASON_LENGTH)
}

/** `status` on creation or change, with its reason. */
export function statusFields<const Status extends string>(statuses: readonly Status[]) {
  return { status: vine.enum(statuses).optional(), statusReason: reason().nullable().optional() }
}

/** A host name without scheme, port and path; lowered, international names as punycode. */
export function hostName() {
  const schema = { type: 'string', format: 'hostname', maxLength: 253, examples: ['news.example'] }
  return parsed<string, string>('host_name', schema, (value): Reading<string> => {
    const expected = 'a host name such as "news.example", without scheme, port and path'
    if (typeof value !== 'string' || value.length > 253 || /[\s/:?#@\\[\]%]/.test(value)) return { expected }
    const host = URL.parse(`http://${value}/`)?.hostname.replace(/\.$/, '') ?? ''
    return HOST.test(host) && !/^[\d.]+$/.test(host) ? { value: host } : { expected }
  })
}
