import type { Server } from 'node:http'

/** How long requests in flight may take once the process was told to end. */
const PATIENCE_MS = 5_000
const LOOK_EVERY_MS = 50

/**
 * Lets go of clients before the server closes: answers from now on end their connection, idle connections are closed,
 * and what is still open after the patience is cut. Without this, one busy keep-alive client holds the process for good.
 */
export function drain(server: Server, patienceMs = PATIENCE_MS): void {
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'))
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS)
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs)
  idle.unref()
  cut.unref()
  server.once('close', () => {
    clearInterval(idle)
    clearTimeout(cut)
  })
}
