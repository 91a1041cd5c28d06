import type { ApplicationService } from '@adonisjs/core/types'
import { ConsentGate } from '#modules/privacy/contract'
import env from '#start/env'

/** Binds the consent gate. */
export default class PrivacyProvider {
  constructor(protected app: ApplicationService) {}

  register() {
    this.app.container.singleton(ConsentGate, async () => {
      const { LocalConsentGate } = await import('#modules/privacy/services/local_consent_gate')
      return new LocalConsentGate(env.get('APP_KEY').release())
    })
  }
}
