import serve from '@fastify/static'
import fastify from 'fastify'
import type { App } from '../app.ts'
import { bodiesInMemory, payloadFolder, text } from './payload.ts'

export default {
  title: 'Fastify',
  package: 'fastify',

  async createServer() {
    const app = fastify()
    for (const [path, body] of bodiesInMemory()) {
      app.get(path, (_request, reply) => {
        reply.type(text).send(body)
      })
    }
    await app.register(serve, { root: payloadFolder() })
    await app.ready()
    return app.server
  },
} satisfies App
