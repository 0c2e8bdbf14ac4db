import { existsSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener, Server } from 'node:http'
import { basename, parse } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server as TlsServer } from 'node:tls'
import { pathToFileURL } from 'node:url'
import type { App, Workload } from './app.ts'
import type { MoreWorkload } from './workload/more.ts'

/** Why an app cannot be served. */
export type AppFailure =
  | 'module-not-found'
  | 'import-failed'
  | 'no-default-export'
  | 'listens-itself'
  | 'not-an-app'
  | 'create-failed'
  | 'not-a-server'
  | 'already-listening'

/** An app that cannot be served; the message is one sentence, `cause` the error underneath, if any. */
export class AppError extends Error {
  override readonly name: string = 'AppError'
  readonly code: AppFailure
  /** What to do next, one sentence. */
  readonly hint: string | undefined

  constructor(code: AppFailure, message: string, details: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint
  }
}

/** What an error says, in one line: messages of require() go on with a list of files. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/**
 * Imports the module of an app, an ES module or CommonJS, also one compiled from TypeScript. It exports an {@link App}, a request handler
 * `(request, response) => ...` as node:http, Express and Connect have them, or a server of node:http.
 *
 * Runs the module's code, so call it in a process of its own only.
 *
 * @param modulePath absolute path
 * @throws {AppError} if the module or one of its imports is missing, throws, or exports nothing that can be served
 */
export async function loadApp(modulePath: string): Promise<App> {
  if (!existsSync(modulePath)) throw new AppError('module-not-found', `there is no app module ${modulePath}`)
  const exported = await exportOf(await importModule(modulePath), modulePath)
  if (typeof exported === 'function') return handlerApp(modulePath, () => createHttpServer(exported as RequestListener))
  if (exported instanceof Server) return handlerApp(modulePath, () => exported)
  const problems = shapeProblems(exported)
  if (problems.length === 0) return exported as App
  throw new AppError('not-an-app', `the default export of ${modulePath} is not an app: ${problems.join('; ')}`, {
    hint: hintFor(exported),
  })
}

async function importModule(modulePath: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(modulePath).href)) as Record<string, unknown>
  } catch (error) {
    const why = firstLine(error)
    const code = (error as { code?: unknown } | null)?.code
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
      throw new AppError('module-not-found', `${modulePath} imports something that is not there: ${why}`, { cause: error })
    }
    throw new AppError('import-failed', `importing ${modulePath} failed: ${why}`, { cause: error })
  }
}

/** A module that TypeScript or Babel compiled to CommonJS keeps its default export in a property of what it exports. */
async function exportOf(namespace: Record<string, unknown>, modulePath: string): Promise<unknown> {
  const direct = namespace.default
  const isCompiled = isObject(direct) && direct.__esModule === true && 'default' in direct
  const exported = isCompiled ? direct.default : direct
  const isEmpty = exported === undefined || (isObject(exported) && Object.keys(exported).length === 0 && isPlain(exported))
  if (!isEmpty) return exported
  const others = Object.keys(namespace).filter((name) => name !== 'default' && name !== 'module.exports')
  const found = others.length === 0 ? 'it exports nothing' : `it exports only ${others.join(', ')}`
  if (others.length === 0 && (await listens())) {
    throw new AppError('listens-itself', `${modulePath} calls listen() itself, and ${found}`, {
      hint: 'export the request handler or the server instead of calling listen(): the runner decides where it listens',
    })
  }
  throw new AppError('no-default-export', `${modulePath} has no default export: ${found}`, {
    hint: 'export default an app ({ title, package, createServer }), a request handler or a server of node:http',
  })
}

/** With a host, listen() looks up its address first; an application may do other things before. */
const ABOUT_TO_LISTEN_MILLISECONDS = 100

/** Whether anything in this process listens, or is about to. */
async function listens(): Promise<boolean> {
  await sleep(ABOUT_TO_LISTEN_MILLISECONDS)
  return process.getActiveResourcesInfo().some((name) => name === 'TCPServerWrap' || name === 'PipeServerWrap')
}

/** What is no App says nothing of itself; its module's name has to do. */
function handlerApp(modulePath: string, build: () => Server): App {
  const { name, dir } = parse(modulePath)
  return { title: ['app', 'index', 'server'].includes(name) ? basename(dir) : name, package: null, createServer: build }
}

function shapeProblems(value: unknown): string[] {
  if (!isObject(value))
    return [`expected an app, a request handler or a server, got ${value === null ? 'null' : `a ${typeof value}`}`]
  const app = value as Partial<Record<keyof App, unknown>>
  const problems: string[] = []
  if (typeof app.title !== 'string' || app.title === '') problems.push('title must be a non-empty string')
  if (app.package !== null && (typeof app.package !== 'string' || app.package === '')) {
    problems.push('package must be the name of an npm package or null')
  }
  if (typeof app.createServer !== 'function') problems.push('createServer must be a function')
  return problems
}

/** The shortest change that makes it one. */
function hintFor(value: unknown): string {
  if (isObject(value) && typeof value.callback === 'function') return 'a Koa application: export default app.callback()'
  if (isObject(value) && value.server instanceof Server) {
    return 'a Fastify instance: export default { title, package, createServer: async () => (await app.ready(), app.server) }'
  }
  if (isObject(value) && typeof value.fetch === 'function') {
    return 'a fetch handler: export default getRequestListener(app.fetch) of @hono/node-server'
  }
  return 'export default an app ({ title, package, createServer }), a request handler or a server of node:http'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null
}

/** Connections idle for minutes while other cells are measured; closing one would cost a reconnect in the middle of a slice. */
const keepAliveMs = 300_000

/**
 * Builds the app's server and gives it the limits every server gets; it does not listen yet.
 *
 * @throws {AppError} `create-failed` or `not-a-server`
 */
export async function createServer(app: App, workload: Workload, more?: MoreWorkload): Promise<Server> {
  let server: unknown
  try {
    server = await app.createServer(workload, more)
  } catch (error) {
    throw new AppError('create-failed', `createServer() of ${app.title} failed: ${firstLine(error)}`, { cause: error })
  }
  if (!(server instanceof Server)) throw notAServer(app.title, server)
  setLimits(server)
  return server
}

function notAServer(title: string, got: unknown): AppError {
  const sentence = `createServer() of ${title} must return a server of node:http, got ${nameOf(got)}`
  // Servers of node:http2 are no class that is exported; they are told by their names.
  const kind = nameOf(got).includes('Http2') ? ', a server of node:http2' : ' of node:https, which speaks TLS'
  const isOther = nameOf(got).includes('Http2') || got instanceof TlsServer
  const hint = isOther
    ? 'only HTTP/1.1 without TLS is measured: return http.createServer(handler)'
    : 'return http.createServer(handler), or the http.Server that the framework wraps'
  return new AppError('not-a-server', `${sentence}${isOther ? kind : ''}`, { hint })
}

function nameOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a ${value.constructor?.name || typeof value}`
}

/**
 * The same for every app, whatever its framework sets (Fastify: keep-alive of 72 s; Node: 5 s).
 * With both header and request limits off, the sweep over all connections that Node runs every `connectionsCheckingInterval`
 * (30 s, fixed when the server is created) returns at once. It would also close connections on which nothing was ever asked.
 */
function setLimits(server: Server): void {
  server.keepAliveTimeout = keepAliveMs
  server.keepAliveTimeoutBuffer = 1_000
  server.headersTimeout = 0
  server.requestTimeout = 0
  server.timeout = 0
  server.maxRequestsPerSocket = 0
}
