import { test } from '@japa/runner'
import hash from '@adonisjs/core/services/hash'
import { passwordProblem, Passwords, PasswordsBusy } from '#modules/identity/services/passwords'

const PASSWORD = 'a long enough passphrase'

/** Quickest of several runs in milliseconds: what the work costs without the noise of the machine. */
async function quickest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const start = performance.now()
    await work()
    times.push(performance.now() - start)
  }
  return Math.min(...times)
}

test.group('passwords', () => {
  test('an unknown person costs as much work as a known one and is never let in', async ({ assert }) => {
    const passwords = new Passwords()
    const stored = await passwords.make(PASSWORD)
    assert.isFalse(await passwords.check(null, PASSWORD))
    const known = await quickest(() => passwords.check(stored, 'not the password'))
    const unknown = await quickest(() => passwords.check(null, 'not the password'))
    assert.isAbove(unknown, known / 2)
    assert.isBelow(unknown, known * 2)
  })

  test('a password is right in every normal form of Unicode', async ({ assert }) => {
    const passwords = new Passwords()
    const stored = await passwords.make('caf\u00e9 caf\u00e9 caf\u00e9')
    assert.isTrue(await passwords.check(stored, 'cafe\u0301 cafe\u0301 cafe\u0301'))
    assert.isFalse(await passwords.check(stored, 'cafe cafe cafe'))
    assert.match(stored, /^\$scrypt\$/)
    assert.isTrue(hash.isValidHash(stored))
  })

  test('a flood is refused rather than queued without end, and work goes on after it', async ({ assert }) => {
    const passwords = new Passwords()
    const stored = await passwords.make(PASSWORD)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => passwords.check(stored, PASSWORD))
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.lengthOf(refused, 100 - 4 - 64)
    for (const outcome of refused) assert.instanceOf(outcome.reason, PasswordsBusy)
    assert.isTrue(await passwords.check(stored, PASSWORD))
  })

  test('{password} for {email} is {verdict}')
    .with([
      { password: 'short', email: 'ada@example.test', verdict: 'refused' },
      { password: 'x'.repeat(10), email: 'ada@example.test', verdict: 'good' },
      { password: 'x'.repeat(200), email: 'ada@example.test', verdict: 'good' },
      { password: 'x'.repeat(201), email: 'ada@example.test', verdict: 'refused' },
      { password: 'my ADA@example.TEST', email: 'ada@example.test', verdict: 'refused' },
      { password: 'lovelace forever', email: 'lovelace@example.test', verdict: 'refused' },
      { password: 'canada is wide', email: 'ada@example.test', verdict: 'good' },
      { password: '\ud83d\ude00'.repeat(9), email: 'ada@example.test', verdict: 'refused' },
    ])
    .run(({ assert }, { password, email, verdict }) => {
      assert.equal(passwordProblem(password, email) === null, verdict === 'good')
    })
})
