import type { ListenOptions } from 'node:net'

/**
 * Where a server is told to listen by its environment: `HOST` and `PORT`, or `SOCKET`, the absolute path of a unix socket that does not
 * exist yet. With `REUSE_PORT` several processes listen on one port, each with a socket of its own (SO_REUSEPORT).
 * @throws RangeError when neither a port nor a socket is given
 */
export function listenOptions({ HOST = '127.0.0.1', PORT, SOCKET, REUSE_PORT }: NodeJS.ProcessEnv): ListenOptions {
  if (SOCKET !== undefined) return { path: SOCKET }
  const port = Number(PORT)
  if (PORT === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError('set PORT to a port number (0 to 65535), or SOCKET to the path of a unix socket')
  }
  return { host: HOST, port, ...(REUSE_PORT === undefined ? {} : { reusePort: true }) }
}
