import { createServer, type ServerResponse } from 'node:http'
import type { App } from '../app.ts'

const text = 'text/plain; charset=utf-8'
const html = 'text/html; charset=utf-8'

// The skeleton: what a server on bare node:http has to do, and nothing else. It routes on the exact URL; no router is simpler.
export default {
  title: 'node:http',
  package: null,

  createServer(workload) {
    return createServer((request, response) => {
      switch (request.url) {
        case '/hello':
          return answer(response, 200, text, workload.hello())
        case '/template':
          return answer(response, 200, html, workload.template())
        case '/table':
          return answer(response, 200, html, workload.table())
        case '/lookup':
          return answer(response, 200, text, workload.lookup())
        default:
          return answer(response, 404, text, 'Not Found')
      }
    })
  },
} satisfies App

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  // Headers and body leave in one write: end() sends them together.
  response.end(body)
}
