import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import type { App } from '../app.ts'
import { bodiesInMemory, payloadFiles, payloadFolder, text } from './payload.ts'

// The skeleton: a string is sent in one piece, a file as a stream, and only the paths that there are lead anywhere.
export default {
  title: 'node:http',
  package: null,

  createServer() {
    const folder = payloadFolder()
    const bodies = bodiesInMemory()
    const files = new Map([...payloadFiles().keys()].map((name) => [`/${name}`, join(folder, name)]))
    return createServer((request, response) => {
      const body = bodies.get(request.url!)
      if (body !== undefined) return answer(response, 200, body)
      const file = files.get(request.url!)
      if (file !== undefined) return void sendFile(response, file)
      answer(response, 404, 'Not Found')
    })
  },
} satisfies App

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': text, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

async function sendFile(response: ServerResponse, file: string): Promise<void> {
  const { size } = await stat(file)
  response.writeHead(200, { 'Content-Type': text, 'Content-Length': size })
  // Whoever went away in the middle is no reason to end.
  pipeline(createReadStream(file), response, () => {})
}
