import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import type { App, Workload } from '../app.ts'

export default {
  title: 'Koa',
  package: 'koa',

  createServer(workload) {
    const app = new Koa()
    addRoutes(app, workload)
    return createServer(app.callback())
  },
} satisfies App

/** The endpoints, also behind the middleware that a study puts in front of them. */
export function addRoutes(app: Koa, workload: Workload): void {
  const router = new Router()
  // Koa's default stays on: it tells text from HTML by the first character of the body and sets the type accordingly.
  router.get('/hello', (ctx) => {
    ctx.body = workload.hello()
  })
  router.get('/template', (ctx) => {
    ctx.body = workload.template()
  })
  router.get('/table', (ctx) => {
    ctx.body = workload.table()
  })
  router.get('/lookup', (ctx) => {
    ctx.body = workload.lookup()
  })
  app.use(router.routes()).use(router.allowedMethods())
}
