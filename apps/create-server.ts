import { Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'
import type { App, Workload } from './app.ts'
import { AppError, firstLine } from './load-app.ts'

/** Connections idle for minutes while other cells are measured; closing one would cost a reconnect in the middle of a slice. */
const keepAliveMs = 300_000

/**
 * Builds the app's server and gives it the limits every server gets; it does not listen yet.
 *
 * @throws {AppError} `create-failed` or `not-a-server`
 */
export async function createServer(app: App, workload: Workload): Promise<Server> {
  let server: unknown
  try {
    server = await app.createServer(workload)
  } catch (error) {
    throw new AppError('create-failed', `createServer() of ${app.title} failed: ${firstLine(error)}`, { cause: error })
  }
  if (!(server instanceof Server)) throw notAServer(app.title, server)
  setLimits(server)
  return server
}

function notAServer(title: string, got: unknown): AppError {
  const sentence = `createServer() of ${title} must return a server of node:http, got ${nameOf(got)}`
  const measured = 'only HTTP/1.1 without TLS is measured'
  // Servers of node:http2 are no class that is exported; they are told by their names.
  if (nameOf(got).includes('Http2')) {
    return new AppError('not-a-server', `${sentence}, a server of node:http2`, {
      hint: `${measured}: return http.createServer(handler)`,
    })
  }
  if (got instanceof TlsServer) {
    return new AppError('not-a-server', `${sentence} of node:https, which speaks TLS`, {
      hint: `${measured}: return http.createServer(handler)`,
    })
  }
  return new AppError('not-a-server', sentence, {
    hint: 'return http.createServer(handler), or the http.Server that the framework wraps',
  })
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
