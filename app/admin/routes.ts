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
        })
        .prefix('/admin')
        .use(middleware.admin())
      router
        .group(() => {
          router.get('/', [Campaigns, 'index']).as('campaigns')
          router.get('/:id', [Campaigns, 'show']).as('campaigns.show')
          router.post('/:id/:action', [Campaigns, 'move']).as('campaigns.move')
        })
        .prefix('/admin/campaigns')
        .use(middleware.admin('demand.read'))
    })
    .as('admin')
    .use([middleware.body(), middleware.session(), middleware.shield()])
}
