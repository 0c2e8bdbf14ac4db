import { createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { checkTogether } from './together.ts'

let server: Server
afterEach(() => server.close())

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!'

/** @param threads connections that are served at the same time; another one only when one of them has ended */
async function serverOf(threads: number) {
  let busy = 0
  server = createServer((socket) => {
    socket.on('error', () => {})
    if (busy >= threads) return
    busy++
    socket.on('data', () => socket.write(ANSWER)).on('close', () => busy--)
  })
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
  return { transport: 'tcp', host: '127.0.0.1', port: (server.address() as { readonly port: number }).port } as const
}

it('finds nothing where all connections are served', async () => {
  const address = await serverOf(16)
  expect(await checkTogether(address, 'hello', { connections: 16, timeoutMs: 5_000 })).toMatchObject({ violations: [] })
})

it('finds that a thread which keeps to its connection starves the others', async () => {
  const address = await serverOf(1)
  const { violations } = await checkTogether(address, 'hello', { connections: 4, timeoutMs: 300 })
  expect(violations).toEqual([{ what: 'together', expected: '4', actual: '1' }])
})
