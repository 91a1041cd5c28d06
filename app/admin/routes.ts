import router from '@adonisjs/core/services/router'
import { middleware } from '#start/kernel'

const Session = () => import('#app/admin/session_controller')
const Dashboard = () => import('#app/admin/dashboard_controller')
const Campaigns = () => import('#app/admin/campaigns_controller')

/** The admin: pages for people, forms that work without scripts. */
export function mountAdmin(): void {
  router
    .group(() => {
      router.get('/login', [Session, 'show']).as('login')
      router.post('/login', [Session, 'store']).as('login.store')
      router.post('/logout', [Session, 'destroy']).as('logout')
      router
        .group(() => {
          router.get('/', [Dashboard, 'show']).as('dashboard')
          router.get('/live.json', [Dashboard, 'live']).as('live')
          router.get('/campaigns', [Campaigns, 'index']).as('campaigns')
          router.get('/campaigns/:id', [Campaigns, 'show']).as('campaigns.show')
          router.post('/campaigns/:id/:action', [Campaigns, 'move']).as('campaigns.move')
        })
        .prefix('/admin')
        .use(middleware.admin())
    })
    .as('admin')
    .use([middleware.body(), middleware.session(), middleware.shield()])
}
