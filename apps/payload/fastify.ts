import serve from '@fastify/static'
import fastify from 'fastify'
import type { App } from '../app.ts'
import { payloadFolder } from './folder.ts'
import { payloadBody, payloadPath, payloadSizes, text } from './payload.ts'

export default {
  title: 'Fastify',
  package: 'fastify',

  async createServer() {
    const app = fastify()
    for (const bytes of payloadSizes) {
      const body = payloadBody(bytes)
      app.get(payloadPath('memory', bytes), (_request, reply) => {
        reply.type(text).send(body)
      })
    }
    await app.register(serve, { root: payloadFolder() })
    await app.ready()
    return app.server
  },
} satisfies App
