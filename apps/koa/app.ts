import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import type { App } from '../app.ts'

export default {
  title: 'Koa',
  package: 'koa',

  createServer(workload) {
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
    const app = new Koa()
    app.use(router.routes()).use(router.allowedMethods())
    return createServer(app.callback())
  },
} satisfies App
