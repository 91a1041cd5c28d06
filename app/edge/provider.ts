import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApplicationService } from '@adonisjs/core/types'
import { metrics } from '#modules/kernel/metrics'
import { Tenancy } from '#modules/kernel/tenancy'
import { EventLog } from '#modules/events/contract'
import { Matching } from '#modules/matching/contract'
import { Serving } from '#modules/serving/contract'
import { EdgeMount, originForm } from '#app/edge/mount'
import { operationsRoutes } from '#app/operations/edge_routes'
import { showProcess } from '#app/operations/process_metrics'
import { ReadinessProbe } from '#app/operations/readiness'

/**
 * Mounts the edge routes of all modules on the AdonisJS server, before it makes a context for a request
 * (`ROLE=all`). What is no edge route goes on to AdonisJS.
 */
export default class EdgeProvider {
  private mount: EdgeMount | null = null
  private making: Promise<EdgeMount> | null = null

  constructor(protected app: ApplicationService) {}

  async start() {
    const environment = this.app.getEnvironment()
    if (environment !== 'web' && environment !== 'test') return
    const server = await this.app.container.make('server')
    const adonis = server.handle.bind(server)
    const handle = (mount: EdgeMount, request: IncomingMessage, response: ServerResponse) => {
      request.url = originForm(request.url ?? '/')
      return mount.take(request, response) ? undefined : adonis(request, response)
    }
    server.handle = (request, response) =>
      this.mount
        ? handle(this.mount, request, response)
        : this.first().then((mount) => handle(mount, request, response))
    // Tests make the routes with the first request, so that a suite without HTTP needs none of the stores.
    if (environment === 'web') await this.first()
  }

  private first(): Promise<EdgeMount> {
    this.making ??= this.make().then((mount) => (this.mount = mount))
    return this.making
  }

  private async make(): Promise<EdgeMount> {
    const { container } = this.app
    const serving = await container.make(Serving)
    const tenancy = await container.make(Tenancy)
    const logger = await container.make('logger')
    const readiness = new ReadinessProbe({
      matching: await container.make(Matching),
      log: await container.make(EventLog),
      askDatabase: () => tenancy.system((trx) => trx.rawQuery('select 1')),
      onFailure: (err) => logger.warn({ err }, 'PostgreSQL did not answer the readiness probe'),
    })
    const operations = operationsRoutes({ readiness: () => readiness.read(), metrics })
    showProcess(metrics)
    return new EdgeMount([...operations, ...serving.edgeRoutes], logger)
  }
}
