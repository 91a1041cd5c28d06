import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { OutboundClient } from '#modules/kernel/outbound/outbound_client'
import type { OutboundFailure, OutboundRequest, OutboundSettings } from '#modules/kernel/outbound/types'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void
type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: string }

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A partner's server on loopback that remembers what it was sent. */
export async function partner(cleanup: (work: () => void) => void, handler: Handler) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      seen.push({ method: request.method!, path: request.url!, headers: request.headers, body })
      handler(request, response, body)
    })
  })
  const port = await listen(server)
  cleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, port, origin: `http://127.0.0.1:${port}` }
}

export const open = (settings: OutboundSettings = {}) =>
  new OutboundClient({ allowHosts: ['127.0.0.1', 'partner.example'], ...settings })
export async function failure(client: OutboundClient, request: OutboundRequest): Promise<OutboundFailure> {
  const outcome = await client.fetch(request)
  if (outcome.ok) throw new Error(`expected a failure, got ${outcome.value.status}`)
  return outcome.error
}
