import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import type { App } from '../app.ts'
import { bodiesInMemory, payloadFolder, text } from './payload.ts'

export default {
  title: 'Hono',
  package: 'hono',

  createServer() {
    const app = new Hono()
    for (const [path, body] of bodiesInMemory()) app.get(path, (c) => c.body(body, 200, { 'Content-Type': text }))
    app.use('/file/*', serveStatic({ root: payloadFolder() }))
    // Without options of HTTP/2 or TLS the adapter builds a plain http.Server; its type cannot say so.
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
} satisfies App
