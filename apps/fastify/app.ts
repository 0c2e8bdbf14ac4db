import fastify, { type FastifyInstance } from 'fastify'
import type { App, Workload } from '../app.ts'

// Fastify's defaults stay on; logging is off by default.
export default {
  title: 'Fastify',
  package: 'fastify',

  async createServer(workload) {
    const app = fastify()
    addRoutes(app, workload)
    await app.ready()
    return app.server
  },
} satisfies App

/** The endpoints, also behind the plugins that a study adds. */
export function addRoutes(app: FastifyInstance, workload: Workload): void {
  app.get('/hello', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send(workload.hello())
  })
  app.get('/template', (_request, reply) => {
    reply.type('text/html; charset=utf-8').send(workload.template())
  })
  app.get('/table', (_request, reply) => {
    reply.type('text/html; charset=utf-8').send(workload.table())
  })
  app.get('/lookup', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send(workload.lookup())
  })
}
