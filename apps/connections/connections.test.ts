import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { knownApps } from '../../runner/servers/find-app.ts'
import type { App } from '../app.ts'
import { checkContract } from '../contract.ts'
import { createServer } from '../create-server.ts'
import nodeHttp from '../node-http/app.ts'
import { workload } from '../workload/workload.ts'
import { writtenOtherwise } from './written-otherwise.ts'

const ENDPOINTS = ['hello', 'template', 'table', 'lookup']
const withNagle = (app: App) => writtenOtherwise(app, { nagle: true })
const inTwoWrites = (app: App) => writtenOtherwise(app, { twoWrites: true })
const wrappings = { withNagle, inTwoWrites, both: (app: App) => writtenOtherwise(app, { nagle: true, twoWrites: true }) }

async function listening(app: App): Promise<Server> {
  const server = (await createServer(app, workload)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe.each(Object.entries(wrappings))('%s', (_name, wrap) => {
  it.each(knownApps())('keeps the contract of %s', async (id) => {
    const { default: app } = (await import(`../${id}/app.ts`)) as { default: App }
    const server = await listening(wrap(app))
    const { port } = server.address() as AddressInfo
    try {
      const checks = await checkContract(
        { transport: 'tcp', host: '127.0.0.1', port },
        { endpoints: ENDPOINTS, timeoutMs: 5_000 },
      )
      expect(checks.flatMap(({ violations }) => violations)).toEqual([])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

/** What a server of the app writes to the kernel for one response, and whether it waits for acknowledgements meanwhile. */
async function writesOf(app: App) {
  const server = await listening(app)
  const writes: string[] = []
  const noDelay: boolean[] = []
  server.prependListener('connection', (socket) => {
    const { setNoDelay } = socket
    socket.setNoDelay = (on = true) => {
      noDelay.push(on)
      return setNoDelay.call(socket, on)
    }
    const handle = (socket as unknown as { _handle: Record<string, (...args: unknown[]) => number> })._handle
    for (const name of ['writeBuffer', 'writeLatin1String', 'writeUtf8String', 'writev', 'writeAsciiString']) {
      const write = handle[name]!
      handle[name] = (...args) => {
        writes.push(String(args[1]))
        return write.apply(handle, args)
      }
    }
  })
  try {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    client.write('GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    client.resume()
    await once(client, 'close')
    return { writes, noDelay }
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

it('an app as it is writes a response at once, in two writes it is head and body', async () => {
  expect((await writesOf(nodeHttp)).writes).toHaveLength(1)
  const { writes } = await writesOf(inTwoWrites(nodeHttp))
  expect(writes).toHaveLength(2)
  expect(writes[0]).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
  expect(writes[1]).toBe('Hello, World!')
})

it('Nagle’s algorithm is on where it is asked for, and nowhere else', async () => {
  expect((await writesOf(nodeHttp)).noDelay).toEqual([])
  expect((await writesOf(withNagle(nodeHttp))).noDelay).toEqual([false])
  expect((await writesOf(withNagle(nodeHttp))).writes).toHaveLength(1)
})
