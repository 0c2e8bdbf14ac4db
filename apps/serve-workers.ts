// Serves one app with several workers behind a primary of node:cluster: WORKERS=2 SCHEDULING=shared PORT=3000 node apps/serve-workers.ts
// apps/koa/app.ts. Every worker is a process of serve.ts.
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { allWorkersListen, type Scheduling } from './scheduling.ts'

const { WORKERS, SCHEDULING } = process.env
const workers = Number(WORKERS)
const scheduling = SCHEDULING as Scheduling

cluster.setupPrimary({ exec: fileURLToPath(new URL('./serve.ts', import.meta.url)), args: process.argv.slice(2) })
cluster.schedulingPolicy = scheduling === 'round-robin' ? cluster.SCHED_RR : cluster.SCHED_NONE

let listening = 0
cluster.on('listening', () => {
  if (++listening === workers) console.log(allWorkersListen(workers))
})
// With one worker less it is not the server that was requested.
cluster.on('exit', ({ id }, code, signal) => {
  console.error(`lost worker ${id} of ${workers}, which ${signal ? `was ended by ${signal}` : `ended with exit code ${code}`}`)
  process.exit(1)
})

for (let worker = 0; worker < workers; worker++) cluster.fork(scheduling === 'reuse-port' ? { REUSE_PORT: '1' } : {})
