import { randomBytes } from 'node:crypto'
import hash from '@adonisjs/core/services/hash'

export const PASSWORD_LEAST = 10
export const PASSWORD_MOST = 200
/** scrypt takes 32 MB and a core: more at a time would only slow each other. */
const AT_ONCE = 4
const WAITING = 64

/** Too many log-ins wait for a hash already. */
export class PasswordsBusy extends Error {}

/** What is wrong with a password for this e-mail address, as a sentence; null when it is good. */
export function passwordProblem(password: string, email: string): string | null {
  const length = [...password].length
  if (length < PASSWORD_LEAST || length > PASSWORD_MOST) {
    return `The password field must have ${PASSWORD_LEAST} to ${PASSWORD_MOST} characters.`
  }
  const plain = password.toLowerCase()
  const [local = ''] = email.split('@')
  if (plain.includes(email) || (local.length >= 4 && plain.includes(local))) {
    return 'The password field must not contain the e-mail address.'
  }
  return null
}

/** Hashes and checks passwords, a few at a time. */
export class Passwords {
  private running = 0
  private readonly queue: (() => void)[] = []
  private decoy: Promise<string> | undefined

  make(password: string): Promise<string> {
    return this.turn(() => hash.make(password.normalize('NFC')))
  }

  /**
   * True when the password is the one of `stored`. With `stored` null the same work is done against a password that
   * nobody has, so that an unknown e-mail answers as slowly as a known one.
   * @throws PasswordsBusy when too many wait already
   */
  async check(stored: string | null, password: string): Promise<boolean> {
    const against = stored ?? (await (this.decoy ??= hash.make(randomBytes(24).toString('base64'))))
    const same = await this.turn(() => hash.verify(against, password.normalize('NFC')))
    return stored !== null && same
  }

  private async turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.queue.length >= WAITING) throw new PasswordsBusy()
      await new Promise<void>((resolve) => this.queue.push(resolve))
    } else this.running += 1
    try {
      return await work()
    } finally {
      const next = this.queue.shift()
      if (next) next()
      else this.running -= 1
    }
  }
}
