import { openSync, writeSync } from 'node:fs'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { logger } from 'hono/logger'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../app.ts'
import { addRoutes } from '../hono/app.ts'
import { appWith, DEFAULT_SETTINGS, type PieceId, type PieceSettings, SESSION_SECRET } from './pieces.ts'
import { readSession, writeSession } from './session-cookie.ts'

/** Hono's defaults with some pieces in front of the routes, in the order given. */
export function withPieces(pieces: readonly PieceId[], settings: PieceSettings = DEFAULT_SETTINGS): App {
  return appWith('Hono', pieces, (workload) => {
    const app = new Hono()
    for (const piece of pieces) for (const one of middleware[piece](settings)) app.use(one)
    addRoutes(app, workload)
    return createAdaptorServer({ fetch: app.fetch }) as Server
  })
}

const middleware: Record<PieceId, (settings: PieceSettings) => MiddlewareHandler[]> = {
  'request-id': () => [requestId()],
  log: ({ logFile }) => {
    // Its default, console.log, writes at once too where stdout is a file.
    const file = openSync(logFile, 'a')
    return [logger((line) => void writeSync(file, `${line}\n`))]
  },
  'security-headers': () => [secureHeaders()],
  cors: () => [cors()],
  compression: () => [compress()],
  // A handler that wants the body asks for it.
  'body-parser': () => [],
  session: () => [
    async (c, next) => {
      const sent = await getSignedCookie(c, SESSION_SECRET, 'session')
      const session = readSession(typeof sent === 'string' ? sent : null)
      session.views = (session.views ?? 0) + 1
      await setSignedCookie(c, 'session', writeSession(session), SESSION_SECRET, { path: '/', httpOnly: true })
      await next()
    },
  ],
}
