import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import delivery from '#config/delivery'
import { readDemo, writeDemo } from '#app/demo/demo_file'
import { DemoSeeder } from '#app/demo/seeder'
import { Identity } from '#modules/identity/contract'

const MOST_LINES = 1_000_000

/** `node ace demo:seed`: creates the demo network once; a second run only renews the origin in demo.json. */
export default class DemoSeed extends BaseCommand {
  static override commandName = 'demo:seed'
  static override description = 'Create the demo network and write demo.json'
  static override options: CommandOptions = { startApp: true }

  @flags.number({ description: 'Further line items for load tests, skewed as real demand is', default: 0 })
  declare lineItems: number

  override async run(): Promise<void> {
    if (!Number.isInteger(this.lineItems) || this.lineItems < 0 || this.lineItems > MOST_LINES) {
      this.error = new Error(`--line-items takes a whole number from 0 to ${MOST_LINES}`)
      this.exitCode = 2
      return this.logger.error(this.error.message)
    }
    const demo = await readDemo()
    const identity = await this.app.container.make(Identity)
    const organisations = await identity.organisations()
    if (demo && organisations.some(({ id }) => id === demo.organisationId)) {
      await writeDemo({ ...demo, url: delivery.origin, edgeUrl: delivery.origin })
      return this.logger.info('The demo network is there already')
    }
    const seeder = await this.app.container.make(DemoSeeder)
    await seeder.seed(freeSlug(organisations.map(({ slug }) => slug)), this.lineItems, (done, of, what) =>
      this.logger.info(`demo ${done}/${of}: ${what}`)
    )
  }
}

/** `demo`, or `demo-2` and so on where an earlier seeding was cut off: what it left is not built upon. */
function freeSlug(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const slug = number === 1 ? 'demo' : `demo-${number}`
    if (!taken.includes(slug)) return slug
  }
}
