import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { bodyParser } from '@koa/bodyparser'
import cors from '@koa/cors'
import Koa, { type Middleware } from 'koa'
import compress from 'koa-compress'
import helmet from 'koa-helmet'
import logger from 'koa-pino-logger'
import session from 'koa-session'
import { pino } from 'pino'
import type { App, Workload } from '../app.ts'
import { addRoutes } from '../koa/app.ts'
import { appWith, DEFAULT_SETTINGS, type PieceId, type PieceSettings, SESSION_SECRET } from './pieces.ts'

/** Koa has nothing to switch off, but no router either: a function that looks at the path is all it asks for. */
export function bare(): App {
  return appWith('Koa', null, (workload) => {
    const app = new Koa()
    app.use(answerByPath(workload))
    return createServer(app.callback())
  })
}

/** Koa's defaults with some pieces in front of the router, in the order given. */
export function withPieces(pieces: readonly PieceId[], settings: PieceSettings = DEFAULT_SETTINGS): App {
  return appWith('Koa', pieces, (workload) => {
    const app = new Koa({ keys: [SESSION_SECRET] })
    for (const piece of pieces) for (const one of middleware[piece](settings, app)) app.use(one)
    addRoutes(app, workload)
    return createServer(app.callback())
  })
}

function answerByPath(workload: Workload): Middleware {
  return (ctx) => {
    switch (ctx.path) {
      case '/hello':
        ctx.body = workload.hello()
        break
      case '/template':
        ctx.body = workload.template()
        break
      case '/table':
        ctx.body = workload.table()
        break
      case '/lookup':
        ctx.body = workload.lookup()
    }
  }
}

const middleware: Record<PieceId, (settings: PieceSettings, app: Koa) => Middleware[]> = {
  'request-id': () => [
    (ctx, next) => {
      // Where pino-http, and everybody else, looks for it.
      ctx.req.id = randomUUID()
      ctx.set('X-Request-Id', ctx.req.id)
      return next()
    },
  ],
  log: ({ logFile }) => [logger({}, pino.destination(logFile))],
  'security-headers': () => [helmet()],
  cors: () => [cors()],
  compression: () => [compress()],
  'body-parser': () => [bodyParser()],
  session: (_settings, app) => [
    session(app),
    (ctx, next) => {
      ctx.session!.views = ((ctx.session!.views as number | undefined) ?? 0) + 1
      return next()
    },
  ],
}
