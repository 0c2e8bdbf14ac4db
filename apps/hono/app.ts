import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { App, Workload } from '../app.ts'
import type { MoreWorkload } from '../workload/more.ts'

// c.text() and c.html() would say charset=UTF-8; bytes must be equal in every app, so c.body() gets the header as documented.
const text = { 'Content-Type': 'text/plain; charset=utf-8' }
const html = { 'Content-Type': 'text/html; charset=utf-8' }
const json = { 'Content-Type': 'application/json; charset=utf-8' }

export default {
  title: 'Hono',
  package: 'hono',

  createServer(workload, more) {
    const app = new Hono()
    addRoutes(app, workload)
    if (more !== undefined) addMoreRoutes(app, more)
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

function addMoreRoutes(app: Hono, more: MoreWorkload): void {
  app.get('/json', (c) => c.json(more.order(), 200, json))
  app.get('/users/:id', (c) => c.json(more.user(c.req.param('id'), String(c.req.query('fields'))), 200, json))
  app.post('/orders', async (c) => {
    const body: unknown = await c.req.json()
    return more.isOrder(body) ? c.json(body, 200, json) : c.body(null, 400)
  })
  for (const path of more.paths) app.get(path, (c) => c.body(more.route(path), 200, text))
}
