import { createServer } from 'node:http'
import Router from '@koa/router'
import Koa from 'koa'
import serve from 'koa-static'
import type { App } from '../app.ts'
import { bodiesInMemory, payloadFolder } from './payload.ts'

export default {
  title: 'Koa',
  package: 'koa',

  createServer() {
    const router = new Router()
    for (const [path, body] of bodiesInMemory()) {
      router.get(path, (ctx) => {
        ctx.body = body
      })
    }
    const app = new Koa()
    // Routes come first, as in the other apps: a body from memory does not look for a file.
    app.use(router.routes()).use(router.allowedMethods()).use(serve(payloadFolder()))
    return createServer(app.callback())
  },
} satisfies App
