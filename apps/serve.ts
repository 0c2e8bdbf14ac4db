// Serves one app as its user would start it: HOST=127.0.0.1 PORT=3000 node apps/serve.ts apps/koa/app.ts, or with SOCKET=/path/of.sock.
// A process of this file is what is measured. There is no channel to anybody and no handler of ours in it: module, app, server, listen.
import type { ListenOptions } from 'node:net'
import { createServer, loadApp } from './create-server.ts'
import { workload } from './workload/workload.ts'

const app = await loadApp(process.argv[2] ?? '')
// Asked for by name only: what is not loaded and not routed cannot change what the others cost.
const more = process.env.MORE_ENDPOINTS === undefined ? undefined : (await import('./workload/more.ts')).more
const server = await createServer(app, workload, more)
server.listen(listenOptions(process.env))

/**
 * Where a server is told to listen by its environment: `HOST` and `PORT`, or `SOCKET`, the absolute path of a unix socket that does not
 * exist yet. With `REUSE_PORT` several processes listen on one port, each with a socket of its own (SO_REUSEPORT).
 * @throws RangeError when neither a port nor a socket is given
 */
function listenOptions({ HOST = '127.0.0.1', PORT, SOCKET, REUSE_PORT }: NodeJS.ProcessEnv): ListenOptions {
  if (SOCKET !== undefined) return { path: SOCKET }
  const port = Number(PORT)
  if (PORT === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError('set PORT to a port number (0 to 65535), or SOCKET to the path of a unix socket')
  }
  return { host: HOST, port, ...(REUSE_PORT === undefined ? {} : { reusePort: true }) }
}
