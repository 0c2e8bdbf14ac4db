import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import type { App, Workload } from '../app.ts'
import type { MoreWorkload } from '../workload/more.ts'

export default {
  title: 'Koa',
  package: 'koa',

  async createServer(workload, more) {
    const app = new Koa()
    addRoutes(app, workload)
    if (more !== undefined) await addMoreRoutes(app, more)
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

async function addMoreRoutes(app: Koa, more: MoreWorkload): Promise<void> {
  const { bodyParser } = await import('@koa/bodyparser')
  const router = new Router()
  router.get('/json', (ctx) => {
    ctx.body = more.order()
  })
  router.get('/users/:id', (ctx) => {
    ctx.body = more.user(String(ctx.params.id), String(ctx.query.fields))
  })
  router.post('/orders', bodyParser(), (ctx) => {
    const { body } = ctx.request
    if (more.isOrder(body)) ctx.body = body
    else ctx.status = 400
  })
  for (const path of more.paths) {
    router.get(path, (ctx) => {
      ctx.body = more.route(path)
    })
  }
  app.use(router.routes()).use(router.allowedMethods())
}
