import { createServer } from 'node:http'
import express from 'express'
import type { App } from '../app.ts'
import { bodiesInMemory, payloadFolder } from './payload.ts'

// Express' defaults stay on: an ETag over every string it sends, and ETag, Last-Modified and Cache-Control for files.
export default {
  title: 'Express',
  package: 'express',

  createServer() {
    const app = express()
    for (const [path, body] of bodiesInMemory()) {
      app.get(path, (_request, response) => {
        response.type('text/plain').send(body)
      })
    }
    app.use(express.static(payloadFolder()))
    return createServer(app)
  },
} satisfies App
