import { randomBytes } from 'node:crypto'
import { BaseCommand, flags } from '@adonisjs/core/ace'
import type { CommandOptions } from '@adonisjs/core/types/ace'
import { IdentityProvisioning } from '#modules/identity/contract'

/** PostgreSQL: the slug or the e-mail address is taken. */
const UNIQUE_VIOLATION = '23505'

/** Makes an organisation with its owner, whose password is printed once. What is wrong is one line and exit code 1. */
export default class IdentityCreate extends BaseCommand {
  static override commandName = 'identity:create'
  static override description = 'Create an organisation and its owner; prints the owner’s first password'
  static override options: CommandOptions = { startApp: true }

  @flags.string({ description: 'Name of the organisation', required: true })
  declare organisation: string

  @flags.string({ description: 'Short name: small letters, digits, hyphens', required: true })
  declare slug: string

  @flags.string({
    description: 'ISO 4217 currency that it sells in; cannot be changed later',
    required: true,
  })
  declare currency: string

  @flags.string({ description: 'IANA time zone', required: true })
  declare zone: string

  @flags.string({ description: 'E-mail address of the owner', required: true })
  declare email: string

  @flags.string({ description: 'Name of the owner', default: 'Owner' })
  declare person: string

  override async run() {
    const provisioning = await this.app.container.make(IdentityProvisioning)
    const password = randomBytes(18).toString('base64url')
    try {
      const organisation = await provisioning.createOrganisation({
        name: this.organisation,
        slug: this.slug,
        currency: this.currency,
        timeZone: this.zone,
        owner: { name: this.person, email: this.email, password },
      })
      const made = { organisationId: organisation.id, email: this.email, password }
      process.stdout.write(`${JSON.stringify(made)}\n`)
    } catch (error) {
      const taken = (error as { code?: string }).code === UNIQUE_VIOLATION
      if (!taken && !(error instanceof RangeError)) throw error
      process.stderr.write(
        `placard: ${taken ? 'the slug or the e-mail address is taken' : (error as Error).message}\n`
      )
      this.exitCode = 1
    }
  }
}
