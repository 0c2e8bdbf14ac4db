import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import compression from 'compression'
import cookieSession from 'cookie-session'
import cors from 'cors'
import express, { type RequestHandler } from 'express'
import helmet from 'helmet'
import { pino } from 'pino'
import { pinoHttp } from 'pino-http'
import type { App } from '../app.ts'
import { addRoutes } from '../express/app.ts'
import { appWith, DEFAULT_SETTINGS, type PieceId, type PieceSettings, SESSION_SECRET } from './pieces.ts'

/** Every switch of Express that a request could notice is off. */
export function bare(): App {
  return appWith('Express', null, (workload) => {
    const app = express().disable('etag').disable('x-powered-by').set('query parser', false)
    addRoutes(app, workload)
    return createServer(app)
  })
}

/** Express' defaults with some pieces in front of the routes, in the order given. */
export function withPieces(pieces: readonly PieceId[], settings: PieceSettings = DEFAULT_SETTINGS): App {
  return appWith('Express', pieces, (workload) => {
    const app = express()
    for (const piece of pieces) app.use(...handlers[piece](settings))
    addRoutes(app, workload)
    return createServer(app)
  })
}

const handlers: Record<PieceId, (settings: PieceSettings) => RequestHandler[]> = {
  'request-id': () => [
    (request, response, next) => {
      // Where pino-http, and everybody else, looks for it.
      request.id = randomUUID()
      response.setHeader('X-Request-Id', request.id)
      next()
    },
  ],
  log: ({ logFile }) => [pinoHttp({}, pino.destination(logFile))],
  'security-headers': () => [helmet()],
  cors: () => [cors()],
  compression: () => [compression()],
  'body-parser': () => [express.json()],
  session: () => [
    cookieSession({ name: 'session', keys: [SESSION_SECRET] }),
    (request, _response, next) => {
      request.session!.views = (request.session!.views ?? 0) + 1
      next()
    },
  ],
}
