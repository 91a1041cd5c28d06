import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from '@japa/runner'
import { drain } from '#app/operations/drain'

const PATIENCE_MS = 200

async function answered(port: number, agent: Agent, path = '/'): Promise<IncomingMessage> {
  const [response] = (await once(get({ port, agent, path }), 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response
}

test.group('drain', () => {
  test('a client that keeps its connection busy does not hold the server', async ({ assert }) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const server = createServer((_request, response) => setTimeout(() => response.end('ok'), 20)).listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    assert.notEqual((await answered(port, agent)).headers.connection, 'close')
    const closed = once(server, 'close')
    const inFlight = answered(port, agent)
    await once(server, 'request')
    drain(server, 60_000)
    server.close()
    assert.equal((await inFlight).statusCode, 200)
    await closed
    agent.destroy()
  })

  test('an answer that never comes is cut after the patience', async ({ assert }) => {
    const agent = new Agent({ keepAlive: true })
    const server = createServer(() => undefined).listen(0)
    await once(server, 'listening')
    const waiting = once(get({ port: (server.address() as AddressInfo).port, agent }), 'response')
    await once(server, 'request')
    drain(server, PATIENCE_MS)
    server.close()
    await assert.rejects(() => waiting, /socket hang up/)
    agent.destroy()
  })
})
