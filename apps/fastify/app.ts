import fastify, { type FastifyInstance } from 'fastify'
import type { App, Workload } from '../app.ts'
import type { MoreWorkload } from '../workload/more.ts'

// Fastify's defaults stay on; logging is off by default.
export default {
  title: 'Fastify',
  package: 'fastify',

  async createServer(workload, more) {
    const app = fastify()
    addRoutes(app, workload)
    if (more !== undefined) addMoreRoutes(app, more)
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

function addMoreRoutes(app: FastifyInstance, more: MoreWorkload): void {
  app.get('/json', () => more.order())
  app.get<{ Params: { id: string }; Querystring: { fields: string } }>('/users/:id', ({ params, query }) =>
    more.user(params.id, query.fields),
  )
  app.post('/orders', { schema: { body: more.orderSchema } }, ({ body }) => body)
  for (const path of more.paths) {
    app.get(path, (_request, reply) => {
      reply.type('text/plain; charset=utf-8').send(more.route(path))
    })
  }
}
