import { connect } from 'node:net'
import { test } from '@japa/runner'
import pg from 'pg'
import { storeFailureOf } from '#app/exceptions/store_failures'
import { ProblemException } from '#modules/kernel/problem'

const NOBODY_LISTENS = 1

test.group('stores that are away', () => {
  test('a refused connection is 503, also through the driver', async ({ assert }) => {
    const client = new pg.Client({ host: '127.0.0.1', port: NOBODY_LISTENS, user: 'x', database: 'x' })
    const refused = await client.connect().then(
      () => null,
      (error: unknown) => error
    )
    assert.equal(storeFailureOf(refused)?.status, 503)
    const socket = connect(NOBODY_LISTENS, '127.0.0.1')
    const error = await new Promise((resolve) => socket.once('error', resolve))
    assert.equal(storeFailureOf(error)?.code, 'E_UNAVAILABLE')
  })

  test('a server that goes down is 503', ({ assert }) => {
    assert.equal(storeFailureOf(Object.assign(new Error('x'), { code: '57P01' }))?.status, 503)
    assert.equal(storeFailureOf(new Error('Connection terminated unexpectedly'))?.status, 503)
    assert.equal(storeFailureOf(new Error('Knex: Timeout acquiring a connection. The pool'))?.status, 503)
  })

  test('mistakes of our own stay mistakes', ({ assert }) => {
    for (const error of [
      new TypeError('x is not a function'),
      Object.assign(new Error('duplicate key'), { code: '23505' }),
      new ProblemException(422, 'E_VALIDATION'),
      'ECONNREFUSED',
      null,
    ]) {
      assert.isNull(storeFailureOf(error))
    }
  })
})
