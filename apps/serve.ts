// Serves one app as its user would start it: HOST=127.0.0.1 PORT=3000 node apps/serve.ts apps/koa/app.ts, or with SOCKET=/path/of.sock.
// A process of this file is what is measured. There is no channel to anybody and no handler of ours in it: module, app, server, listen.
import { createServer } from './create-server.ts'
import { listenOptions } from './listen-options.ts'
import { loadApp } from './load-app.ts'
import { workload } from './workload/workload.ts'

const app = await loadApp(process.argv[2] ?? '')
const server = await createServer(app, workload)
server.listen(listenOptions(process.env))
