/**
 * Who listens to what, one line each. News from outboxes comes again when a listener throws, so the emitter has no
 * `onError`, which would keep that from the dispatcher.
 */
import emitter from '@adonisjs/core/services/emitter'
import { OrganisationUpdated } from '#modules/identity/events'

emitter.on(OrganisationUpdated, [() => import('#app/listeners/renew_snapshot')])
