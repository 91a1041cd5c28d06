import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from '@japa/runner'
import app from '@adonisjs/core/services/app'

const run = promisify(execFile)

test.group('the package of the tag', () => {
  test('builds from the source of placard.js and passes its own test', async ({ assert }) => {
    const options = { cwd: app.makePath('sdks/javascript') }
    await run(process.execPath, ['build.js'], options)
    const { stdout } = await run(process.execPath, ['--test', 'test/package.test.js'], options)
    assert.match(stdout, /pass 4\n/)
  }).timeout(60_000)
})
