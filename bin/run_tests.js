/**
 * `npm test`: all Japa suites, on stores of their own in storage/test. Arguments go to Japa:
 *
 *   npm test -- --files=pick      specs whose path holds "pick"
 *   npm test -- functional e2e    these suites
 *   SCALE=1 npm test              heavy tests at full size (`npm run verify`), 1/20 unless said
 */
var major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    'placard: Node ' +
      process.versions.node +
      ' is too old: install Node 20 or newer (nodejs.org) and run npm test again'
  )
  process.exit(1)
}
import('./lib/test_run.js').then(function (run) {
  return run.test(process.argv.slice(2))
})
