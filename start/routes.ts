/** Routes that the app itself owns. Modules mount their own in their providers. */
import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

export { middleware, router }
