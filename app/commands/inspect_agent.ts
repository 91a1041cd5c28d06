import { BaseCommand } from '@adonisjs/core/ace'
import { answerLines } from '#app/inspection/json_lines'
import { buildPlugin } from '#app/plugins/registry'
import delivery from '#config/delivery'
import plugins from '#config/plugins'
import { PluginError } from '#modules/kernel/plugin'

/** What the product makes of user agents. Starts no server part: needs neither PostgreSQL nor Redis. */
export default class InspectAgent extends BaseCommand {
  static override commandName = 'inspect:agent'
  static override description =
    'Read user agents, one per line, and print what each tells as one JSON object per line'

  override async run() {
    try {
      const reader = await buildPlugin('device', plugins.device, { geoDatabase: delivery.geoDatabase })
      await answerLines(process.stdin, process.stdout, (input) => ({ input, ...reader.read(input) }))
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      process.stderr.write(`inspect:agent: ${error.message}\n`)
      this.exitCode = 1
    }
  }
}
