import { createServer } from 'node:http'
import express, { type Express } from 'express'
import type { App, Workload } from '../app.ts'

// Express' defaults stay on: a weak ETag (a hash of every body) and X-Powered-By are part of what it costs.
export default {
  title: 'Express',
  package: 'express',

  createServer(workload) {
    const app = express()
    addRoutes(app, workload)
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
