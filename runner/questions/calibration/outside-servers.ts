import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RunError } from '../../result/errors.ts'
import { keepGroup, makePrivateFolder, removeFolder } from '../../servers/keeper.ts'
import { total } from '../../statistics/summary.ts'

const PROJECT_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const READY_MILLISECONDS = 10_000
const TYPE = 'text/plain; charset=utf-8'
const BODY = 'Hello, World!'
/** The other paths of the contract: a router that looks at all of them has as many to look at. */
const OTHERS = ['template', 'table', 'lookup']

/** A server as the documentation of each framework has it, with the suite's answer and as many routes; nothing of the suite in it. */
const sources: Readonly<Record<string, string>> = {
  'node-http': `import { createServer } from 'node:http'

createServer((request, response) => {
  switch (request.url) {
    case '/hello':
${OTHERS.map((name) => `    case '/${name}':`).join('\n')}
      response.writeHead(200, { 'Content-Type': '${TYPE}', 'Content-Length': ${BODY.length} })
      return response.end('${BODY}')
    default:
      return response.writeHead(404).end()
  }
}).listen(process.env.PORT, '127.0.0.1')
`,
  fastify: `import Fastify from 'fastify'

const fastify = Fastify()
${each((path) => `fastify.get('${path}', (request, reply) => reply.type('${TYPE}').send('${BODY}'))`)}
await fastify.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`,
  hono: `import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()
${each((path) => `app.get('${path}', (c) => c.text('${BODY}'))`)}
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
`,
  koa: `import Router from '@koa/router'
import Koa from 'koa'

const app = new Koa()
const router = new Router()
${each((path) => `router.get('${path}', (ctx) => { ctx.body = '${BODY}' })`)}
app.use(router.routes()).use(router.allowedMethods())
app.listen(process.env.PORT, '127.0.0.1')
`,
  express: `import express from 'express'

const app = express()
${each((path) => `app.get('${path}', (request, response) => { response.type('text/plain').send('${BODY}') })`)}
app.listen(process.env.PORT, '127.0.0.1')
`,
}

function each(line: (path: string) => string): string {
  return ['hello', ...OTHERS].map((name) => line(`/${name}`)).join('\n')
}

/** A server that was started by hand, as it were. */
export interface OutsideServer {
  readonly app: string
  readonly url: string
  /** All CPU time of its threads so far, nanoseconds, from /proc/PID/task/TID/schedstat; a reading of its own, that the suite has no part in. */
  cpuNs(): number
}

/** Apps for which there is such a server. */
export const outsideApps: readonly string[] = Object.keys(sources)

/**
 * Starts `node server.mjs` for every app, on one CPU; the stack ends them.
 * @throws RunError when one does not answer
 */
export async function startOutsideServers(cpu: number | null, stack: AsyncDisposableStack): Promise<OutsideServer[]> {
  const firstPort = 10_000 + Math.floor(Math.random() * 9_000)
  const servers: OutsideServer[] = []
  for (const [index, [app, source]] of Object.entries(sources).entries()) {
    const folder = makePrivateFolder()
    stack.defer(() => removeFolder(folder))
    const file = join(folder, 'server.mjs')
    await symlink(PROJECT_MODULES, join(folder, 'node_modules'))
    await writeFile(file, source)
    const port = firstPort + index
    const [command, ...args] = [...(cpu === null ? [] : ['taskset', '-c', String(cpu)]), process.execPath, file]
    const env = { PATH: process.env.PATH, PORT: String(port), NODE_ENV: 'production' }
    const child = spawn(command!, args, { stdio: 'ignore', env, detached: true })
    stack.defer(() => void child.kill('SIGKILL'))
    if (child.pid !== undefined) keepGroup(child.pid, folder)
    servers.push({ app, url: `http://127.0.0.1:${port}/hello`, cpuNs: () => cpuOf(child.pid!) })
  }
  for (const server of servers) await answers(server)
  return servers
}

function cpuOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return total(threads, (thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]))
}

async function answers({ app, url }: OutsideServer): Promise<void> {
  const until = performance.now() + READY_MILLISECONDS
  while (!(await asked(url))) {
    if (performance.now() > until) throw new RunError('outside-server', `the plain server of ${app} did not answer`)
    await sleep(50)
  }
}

function asked(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200))
    }).once('error', () => resolve(false))
  })
}
