/** Routes that the app itself owns. Modules mount their own in their providers. */
import router from '@adonisjs/core/services/router'
import { mountAdmin } from '#app/admin/routes'

router.get('/', ({ response }) => response.redirect('/admin')).as('home')
router.get('/demo', [() => import('#app/demo/demo_controller'), 'show']).as('demo')
router
  .get('/demo/landing/:advertiser', [() => import('#app/demo/landing_controller'), 'show'])
  .as('demo.landing')
mountAdmin()
