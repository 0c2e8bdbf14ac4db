import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { App } from '../app.ts'
import type { MoreWorkload } from '../workload/more.ts'

const text = 'text/plain; charset=utf-8'
const html = 'text/html; charset=utf-8'
const json = 'application/json; charset=utf-8'

// The skeleton: what a server on bare node:http has to do, and nothing else. It routes on the exact URL; no router is simpler.
export default {
  title: 'node:http',
  package: null,

  createServer(workload, more?: MoreWorkload) {
    const routes = new Set(more?.paths)
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
          if (more !== undefined) return answerMore(more, routes, request, response)
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

const USERS = '/users/'

function answerMore(more: MoreWorkload, routes: ReadonlySet<string>, request: IncomingMessage, response: ServerResponse) {
  const { url = '' } = request
  if (url === '/json') return answer(response, 200, json, JSON.stringify(more.order()))
  if (routes.has(url)) return answer(response, 200, text, more.route(url))
  if (url === '/orders' && request.method === 'POST') return answerOrder(more, request, response)
  const question = url.indexOf('?')
  if (!url.startsWith(USERS) || question < 0) return answer(response, 404, text, 'Not Found')
  const fields = new URLSearchParams(url.slice(question)).get('fields')
  answer(response, 200, json, JSON.stringify(more.user(url.slice(USERS.length, question), String(fields))))
}

function answerOrder(more: MoreWorkload, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const order = parsed(Buffer.concat(chunks).toString())
    if (more.isOrder(order)) answer(response, 200, json, JSON.stringify(order))
    else answer(response, 400, text, 'Bad Request')
  })
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
