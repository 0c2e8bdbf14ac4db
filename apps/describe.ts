// Says what an app is, into a file, and ends: node apps/describe.ts <module> <file>. Loads the app and builds its server, which never listens.
import { writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, createServer, firstLine, loadApp } from './create-server.ts'
import type { Described } from './description.ts'
import { installedVersion } from './installed-version.ts'
import { workload } from './workload/workload.ts'

const [modulePath = '', file = ''] = process.argv.slice(2)

try {
  tell(await describe())
} catch (error) {
  const known = error instanceof AppError ? error : null
  const { message, hint } = known ?? new AppError('create-failed', firstLine(error))
  tell({ failed: { code: known?.code ?? 'create-failed', message, hint: hint ?? null } })
  // Left to Node, an error is printed with its stack; one of syntax, which has none, with file and line.
  throw known?.cause ?? error
}
process.exit()

async function describe(): Promise<Described> {
  const app = await loadApp(modulePath)
  const server = await createServer(app, workload)
  // listen(3000, '127.0.0.1') takes effect a tick later.
  await nextTurn()
  if (server.listening) {
    throw new AppError('already-listening', `createServer() of ${app.title} returned a server that is listening already`, {
      hint: 'return it without calling listen(): the runner decides where every app listens',
    })
  }
  const version = installedVersion(app.package, modulePath)
  return { title: app.title, package: app.package, version, facts: environmentFacts(server) }
}

function tell(described: Described): void {
  writeFileSync(file, JSON.stringify(described))
}

/**
 * What has to be equal for all apps, as an app has left it: read when its module is loaded and its server listens. An app may change
 * any of it, by accident or through a package it imports.
 *
 * @returns by name, for "`name` is `value`"
 */
function environmentFacts(server: Server): Record<string, string> {
  const { version, execArgv, env } = process
  return {
    'Node version': version,
    execArgv: execArgv.join(' ') || 'empty',
    NODE_ENV: env.NODE_ENV ?? 'not set',
    NODE_OPTIONS: env.NODE_OPTIONS ?? 'not set',
    keepAliveTimeout: `${server.keepAliveTimeout} ms`,
    headersTimeout: `${server.headersTimeout} ms`,
    requestTimeout: `${server.requestTimeout} ms`,
    maxRequestsPerSocket: String(server.maxRequestsPerSocket),
  }
}
