import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Address } from './address.ts'
import type { App, Workload } from './app.ts'
import { firstLine } from './load-app.ts'
import type { LaunchFailure } from './messages.ts'

/**
 * Where a launcher is told to listen: a port of its own choice, or a unix socket at an absolute path that does not exist yet.
 * `sharedPort` is for several processes that listen on one port, each with a socket of its own (SO_REUSEPORT); 0: the first of them.
 */
export type ListenWish =
  | { readonly transport: 'tcp'; readonly host: string; readonly sharedPort?: number }
  | { readonly transport: 'unix'; readonly path: string }

/** An app that loaded but cannot be served. */
export class LaunchError extends Error {
  override readonly name: string = 'LaunchError'
  readonly code: LaunchFailure
  readonly hint: string | undefined

  constructor(code: LaunchFailure, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.hint = details.hint
  }
}

/** Connections idle for minutes while other cells are measured; closing one would cost a reconnect in the middle of a slice. */
const keepAliveMs = 300_000

/** The shortest limit among our platforms (macOS: 104 bytes with the final NUL). */
const longestSocketPath = 103

/**
 * Builds the app's server, gives it the limits every server gets, and starts it.
 *
 * @throws {LaunchError} `create-failed`, `not-a-server`, `already-listening` or `listen-failed`
 */
export async function listen(app: App, workload: Workload, wish: ListenWish): Promise<{ server: Server; address: Address }> {
  const server = await createServer(app, workload)
  setLimits(server)
  await startListening(server, wish)
  return { server, address: addressOf(server, wish) }
}

async function createServer(app: App, workload: Workload): Promise<Server> {
  let server: unknown
  try {
    server = await app.createServer(workload)
  } catch (error) {
    throw new LaunchError('create-failed', `createServer() of ${app.title} failed: ${firstLine(error)}`, { cause: error })
  }
  if (!(server instanceof Server)) {
    const got = server === null || server === undefined ? String(server) : `a ${server.constructor?.name ?? typeof server}`
    throw new LaunchError('not-a-server', `createServer() of ${app.title} must return a server of node:http, got ${got}`, {
      hint: 'return http.createServer(handler), or the http.Server the framework wraps',
    })
  }
  // listen(3000, '127.0.0.1') takes effect a tick later, and would then win over ours.
  await nextTurn()
  if (server.listening) {
    throw new LaunchError('already-listening', `createServer() of ${app.title} returned a server that is listening already`, {
      hint: 'return it without calling listen(): the launcher decides where every app listens',
    })
  }
  return server
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

async function startListening(server: Server, wish: ListenWish): Promise<void> {
  if (wish.transport === 'unix' && Buffer.byteLength(wish.path) > longestSocketPath) {
    throw new LaunchError('listen-failed', `the path of a unix socket may have ${longestSocketPath} bytes: ${wish.path}`, {
      hint: 'put the socket into a folder with a shorter name',
    })
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  try {
    if (wish.transport === 'unix') server.listen(wish.path, resolve)
    else if (wish.sharedPort === undefined) server.listen(0, wish.host, resolve)
    else server.listen({ port: wish.sharedPort, host: wish.host, reusePort: true }, resolve)
    await promise
  } catch (error) {
    throw new LaunchError('listen-failed', `cannot listen: ${firstLine(error)}`, { cause: error })
  }
  // From here on an error of the server is the app's own: unhandled, it ends the process.
  server.off('error', reject)
}

function addressOf(server: Server, wish: ListenWish): Address {
  if (wish.transport === 'unix') return wish
  return { transport: 'tcp', host: wish.host, port: (server.address() as AddressInfo).port }
}
