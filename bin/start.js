/**
 * `npm start`: serves the demo from a clean clone. Needs Node 20 and nothing installed; see docs/getting-started.md.
 * This file keeps to old syntax so that an older Node gets as far as saying that it is too old.
 */
var major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(
    'placard: Node ' +
      process.versions.node +
      ' is too old: install Node 20 or newer (nodejs.org) and run npm start again'
  )
  process.exit(1)
}
import('./lib/launcher.js').then(function (launcher) {
  return launcher.start(process.argv.slice(2))
})
