import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { App, Workload } from '../app.ts'

// c.text() and c.html() would say charset=UTF-8; bytes must be equal in every app, so c.body() gets the header as documented.
const text = { 'Content-Type': 'text/plain; charset=utf-8' }
const html = { 'Content-Type': 'text/html; charset=utf-8' }

export default {
  title: 'Hono',
  package: 'hono',

  createServer(workload) {
    const app = new Hono()
    addRoutes(app, workload)
    // Without options of HTTP/2 or TLS the adapter builds a plain http.Server; its type cannot say so.
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
} satisfies App

/** The endpoints, also behind the middleware that a study puts in front of them. */
export function addRoutes(app: Hono, workload: Workload): void {
  app.get('/hello', (c) => c.body(workload.hello(), 200, text))
  app.get('/template', (c) => c.body(workload.template(), 200, html))
  app.get('/table', (c) => c.body(workload.table(), 200, html))
  app.get('/lookup', (c) => c.body(workload.lookup(), 200, text))
}
