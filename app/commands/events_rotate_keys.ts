import { BaseCommand } from '@adonisjs/core/ace'
import { KeyStore } from '#modules/events/services/key_store'

/** `node ace events:rotate-keys`: adds a token key and removes those whose last token has expired. Prints JSON. */
export default class EventsRotateKeys extends BaseCommand {
  static override commandName = 'events:rotate-keys'
  static override description =
    'Add a token key, which signs in ten minutes, and remove keys that are past their tokens'
  static override options = { startApp: true }

  override async run() {
    const store = await this.app.container.make(KeyStore)
    const { added, signsFrom, removed } = await store.rotate()
    process.stdout.write(
      `${JSON.stringify({ added, signsFrom: new Date(signsFrom).toISOString(), removed })}\n`
    )
  }
}
