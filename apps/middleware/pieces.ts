import type { App } from '../app.ts'

/** What production servers put in front of their routes, in the order in which it is usually put there. */
export const pieceIds = ['request-id', 'log', 'security-headers', 'cors', 'compression', 'body-parser', 'session'] as const

export type PieceId = (typeof pieceIds)[number]

/** Frameworks that have all of it. */
export const frameworkIds = ['express', 'fastify', 'koa', 'hono'] as const

export type FrameworkId = (typeof frameworkIds)[number]

/** Where a framework takes a piece from. */
export interface PieceSource {
  /** npm package, whose version is reported; null: the framework itself, or lines of one's own. */
  readonly package: string | null
  /** What it is, for a table. */
  readonly what: string
  /** False: it is there already, and cannot be added. */
  readonly added: boolean
}

const from = (name: string): PieceSource => ({ package: name, what: name, added: true })
const own = (what: string): PieceSource => ({ package: null, what, added: true })
const builtIn = (what: string): PieceSource => ({ package: null, what, added: false })

/** For the runner, which must not import a framework. `middleware.test.ts` sees every piece at work. */
export const pieceSources: Readonly<Record<FrameworkId, Readonly<Record<PieceId, PieceSource>>>> = {
  express: {
    'request-id': own('lines of our own'),
    log: from('pino-http'),
    'security-headers': from('helmet'),
    cors: from('cors'),
    compression: from('compression'),
    'body-parser': own('express.json()'),
    session: from('cookie-session'),
  },
  fastify: {
    'request-id': own('genReqId and a hook'),
    log: own('logger of its own (pino)'),
    'security-headers': from('@fastify/helmet'),
    cors: from('@fastify/cors'),
    compression: from('@fastify/compress'),
    'body-parser': builtIn('built in, always on'),
    session: from('@fastify/cookie'),
  },
  koa: {
    'request-id': own('lines of our own'),
    log: from('koa-pino-logger'),
    'security-headers': from('koa-helmet'),
    cors: from('@koa/cors'),
    compression: from('koa-compress'),
    'body-parser': from('@koa/bodyparser'),
    session: from('koa-session'),
  },
  hono: {
    'request-id': own('hono/request-id'),
    log: own('hono/logger'),
    'security-headers': own('hono/secure-headers'),
    cors: own('hono/cors'),
    compression: own('hono/compress'),
    'body-parser': builtIn('built in, on demand'),
    session: own('hono/cookie, signed'),
  },
}

/** Frameworks in which something can be switched off that a request would notice, and what it is. */
export const bareFrameworks: Readonly<Partial<Record<FrameworkId, string>>> = {
  express: 'without ETag, X-Powered-By and parsing of queries',
  fastify: 'without request ids, parsers of bodies and routes for HEAD',
  koa: 'without a router, which is a package of its own',
}

/** What the pieces need that tests have otherwise. */
export interface PieceSettings {
  /** Where log lines go. */
  readonly logFile: string
}

/** Log lines are made and written, but no disk is waited for. */
export const DEFAULT_SETTINGS: PieceSettings = { logFile: '/dev/null' }

/** Signs cookies; nothing is kept secret by it here. */
export const SESSION_SECRET = 'a secret of more than thirty-two characters'

/** `Express with log, cors`, or bare; no package, because these are not its plain figures any more. */
export function appWith(framework: string, pieces: readonly PieceId[] | null, createServer: App['createServer']): App {
  const title = pieces === null ? `${framework}, bare` : `${framework} with ${pieces.join(', ')}`
  return { title, package: null, createServer }
}
