import { randomUUID } from 'node:crypto'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { App } from '../app.ts'
import { addRoutes } from '../fastify/app.ts'
import { appWith, DEFAULT_SETTINGS, type PieceId, type PieceSettings, SESSION_SECRET } from './pieces.ts'
import { readSession, writeSession } from './session-cookie.ts'

/** Every option of Fastify that a request could notice is off. */
export function bare(): App {
  return appWith('Fastify', null, async (workload) => {
    const app = fastify({ exposeHeadRoutes: false, genReqId: () => '' })
    app.removeAllContentTypeParsers()
    addRoutes(app, workload)
    await app.ready()
    return app.server
  })
}

/** Fastify's defaults with some pieces, registered in the order given. */
export function withPieces(pieces: readonly PieceId[], settings: PieceSettings = DEFAULT_SETTINGS): App {
  return appWith('Fastify', pieces, async (workload) => {
    const chosen: FastifyServerOptions = Object.assign({}, ...pieces.map((piece) => options[piece]?.(settings) ?? {}))
    const app = fastify(chosen)
    for (const piece of pieces) await plugins[piece]?.(app)
    addRoutes(app, workload)
    await app.ready()
    return app.server
  })
}

/** Pieces that are options of the server. */
const options: Partial<Record<PieceId, (settings: PieceSettings) => FastifyServerOptions>> = {
  'request-id': () => ({ genReqId: () => randomUUID() }),
  log: ({ logFile }) => ({ logger: { file: logFile } }),
}

/** Pieces that are plugins or hooks. Bodies are parsed without one. */
const plugins: Partial<Record<PieceId, (app: FastifyInstance) => PromiseLike<unknown> | unknown>> = {
  'request-id': (app) =>
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('X-Request-Id', request.id)
      done()
    }),
  'security-headers': (app) => app.register(helmet),
  cors: (app) => app.register(cors),
  compression: (app) => app.register(compress),
  session: async (app) => {
    await app.register(cookie, { secret: SESSION_SECRET })
    app.addHook('onRequest', (request, reply, done) => {
      const sent = request.cookies.session
      const { valid, value } = sent === undefined ? { valid: false, value: null } : request.unsignCookie(sent)
      const session = readSession(valid ? value : null)
      session.views = (session.views ?? 0) + 1
      reply.setCookie('session', writeSession(session), { signed: true, path: '/', httpOnly: true })
      done()
    })
  },
}
