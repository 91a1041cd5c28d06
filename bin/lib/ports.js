/** Free TCP ports, and whether something answers on one. */
import { connect, createServer } from 'node:net'

const tryListen = (port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      const taken = server.address().port
      server.close(() => resolve(taken))
    })
  })

/**
 * A port that nobody listens on, `preferred` when that one is free.
 * @param {number} [preferred] 0 or absent = any
 * @param {string} [host] interface, loopback unless said
 */
export async function freePort(preferred = 0, host = '127.0.0.1') {
  if (preferred && (await isFree(preferred, host))) return preferred
  return tryListen(0, host)
}

/** True when we could listen on that port. Throws when listening is refused for another reason (EACCES below 1024). */
export async function isFree(port, host = '127.0.0.1') {
  try {
    await tryListen(port, host)
    return true
  } catch (error) {
    if (error.code === 'EADDRINUSE') return false
    throw error
  }
}

/** True when a connection to host:port is accepted within `timeoutMs`. */
export function answers(port, host = '127.0.0.1', timeoutMs = 1_000) {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    const finish = (open) => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(timeoutMs, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
