import { parsed } from '#modules/kernel/http/parsed_type'

export const EMAIL_LENGTH = 254
const LOCAL = /^[^\s@"(),:;<>[\]\\\u0000-\u001f\u007f]{1,64}$/
const LABEL = /^[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?$/

/** The address in the form in which it is kept: trimmed, NFC, lower case. Null when it is none that mail could reach. */
export function readEmail(input: string): string | null {
  if (input.length > EMAIL_LENGTH * 2) return null
  const email = input.normalize('NFC').trim().toLowerCase()
  const at = email.lastIndexOf('@')
  const labels = email.slice(at + 1).split('.')
  if (email.length > EMAIL_LENGTH || at < 1 || !LOCAL.test(email.slice(0, at)) || !email.isWellFormed()) {
    return null
  }
  return labels.length > 1 && labels.every((label) => LABEL.test(label)) ? email : null
}

/** An e-mail address, kept in lower case. */
export function emailAddress() {
  return parsed<string, string>(
    'email',
    { type: 'string', format: 'email', maxLength: EMAIL_LENGTH },
    (value) => {
      const email = typeof value === 'string' ? readEmail(value) : null
      return email === null ? { expected: 'an e-mail address such as "ada@example.com"' } : { value: email }
    }
  )
}
