import { BaseCommand, flags } from '@adonisjs/core/ace'
import { answerLines } from '#app/inspection/json_lines'
import { buildPlugin } from '#app/plugins/registry'
import delivery from '#config/delivery'
import plugins from '#config/plugins'
import { PluginError } from '#modules/kernel/plugin'

/** Where the product places addresses. A text that is no address is nowhere. Starts no server part: needs neither PostgreSQL nor Redis. */
export default class InspectIp extends BaseCommand {
  static override commandName = 'inspect:ip'
  static override description =
    'Read addresses, one per line, and print where each is as one JSON object per line'

  @flags.string({ description: "A file in MaxMind's format instead of the configured one" })
  declare database?: string

  override async run() {
    try {
      const lookup = await buildPlugin('geo', plugins.geo, {
        geoDatabase: this.database ?? delivery.geoDatabase,
      })
      await answerLines(process.stdin, process.stdout, (input) => {
        const address = input.trim()
        return { input, ...lookup.lookup(address), lists: lookup.listsOf(address) }
      })
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      process.stderr.write(`inspect:ip: ${error.message}\n`)
      this.exitCode = 1
    }
  }
}
