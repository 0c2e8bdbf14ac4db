import { createServer } from 'node:http'
import express, { type Express } from 'express'
import type { App, Workload } from '../app.ts'
import type { MoreWorkload } from '../workload/more.ts'

// Express' defaults stay on: a weak ETag (a hash of every body) and X-Powered-By are part of what it costs.
export default {
  title: 'Express',
  package: 'express',

  createServer(workload, more) {
    const app = express()
    addRoutes(app, workload)
    if (more !== undefined) addMoreRoutes(app, more)
    return createServer(app)
  },
} satisfies App

/** The endpoints, also behind the middleware that a study puts in front of them. */
export function addRoutes(app: Express, workload: Workload): void {
  app.get('/hello', (_request, response) => {
    response.type('text/plain').send(workload.hello())
  })
  app.get('/template', (_request, response) => {
    response.type('text/html').send(workload.template())
  })
  app.get('/table', (_request, response) => {
    response.type('text/html').send(workload.table())
  })
  app.get('/lookup', (_request, response) => {
    response.type('text/plain').send(workload.lookup())
  })
}

function addMoreRoutes(app: Express, more: MoreWorkload): void {
  app.get('/json', (_request, response) => {
    response.json(more.order())
  })
  app.get('/users/:id', (request, response) => {
    response.json(more.user(request.params.id, String(request.query.fields)))
  })
  app.post('/orders', express.json(), (request, response) => {
    if (more.isOrder(request.body)) response.json(request.body)
    else response.sendStatus(400)
  })
  for (const path of more.paths) {
    app.get(path, (_request, response) => {
      response.type('text/plain').send(more.route(path))
    })
  }
}
