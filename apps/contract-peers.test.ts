import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Address } from './ask.ts'
import { checkContract, type EndpointCheck } from './contract.ts'

describe('a peer that is no honest server', () => {
  const good = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n\r\nHello, World!'

  /** Checks /hello of a server that does with each connection as it likes; the first answer's violations. */
  async function check(onConnection: (socket: Socket) => void, timeoutMs = 5_000): Promise<EndpointCheck> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      onConnection(socket)
    })
    try {
      const [hello] = await checkContract(await listen(server), { endpoints: ['hello'], timeoutMs })
      return hello!
    } finally {
      server.close()
    }
  }

  async function listen(server: Server): Promise<Address> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { transport: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  }

  it('is accepted as long as it answers rightly', async () => {
    const hello = await check((socket) => socket.on('data', () => socket.write(good)))
    expect(hello.violations).toEqual([])
    expect(hello.headerBytes).toBe(good.length - 13)
    expect(hello.headers).toEqual([
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', '13'],
    ])
  })

  it('is caught closing the connection without a word', async () => {
    const { violations } = await check((socket) => socket.on('data', () => socket.end(good)))
    expect(violations).toMatchObject([{ what: 'connection', expected: 'kept alive' }])
  })

  it('is caught speaking HTTP/1.0, where every request needs a connection of its own', async () => {
    const old = good.replace('HTTP/1.1', 'HTTP/1.0')
    const { violations } = await check((socket) => socket.on('data', () => socket.write(old)))
    expect(violations).toEqual([
      { what: 'connection', expected: 'kept alive', actual: 'the second request needed a new connection' },
    ])
  })

  it('is caught answering differently the second time', async () => {
    const second = good.replace('World', 'Wurst')
    const { violations } = await check((socket) => {
      socket.once('data', () => {
        socket.write(good)
        socket.on('data', () => socket.write(second))
      })
    })
    expect(violations).toEqual([{ what: 'body', expected: 'Hello, World!', actual: 'Hello, Wurst!' }])
  })

  it('is caught sending a header twice', async () => {
    const twice = good.replace('\r\n\r\n', '\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n')
    const { violations } = await check((socket) => socket.on('data', () => socket.write(twice)))
    expect(violations).toMatchObject([{ what: 'content-type', actual: 'text/plain; charset=utf-8, text/plain; charset=utf-8' }])
  })

  it.each([100, 102, 103])('is caught sending status %i before the answer', async (status) => {
    const early = `HTTP/1.1 ${status} Wait\r\n\r\n`
    const violation = { what: 'informational', expected: '(none)', actual: String(status) }
    expect((await check((socket) => socket.on('data', () => socket.write(early + good)))).violations).toEqual([violation])
    // The second time only, and more than once.
    const { violations } = await check((socket) => {
      socket.once('data', () => {
        socket.write(good)
        socket.on('data', () => socket.write(early + early + good))
      })
    })
    expect(violations).toEqual([violation])
  })

  it('is caught taking the connection for another protocol, at once', async () => {
    const other = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n'
    const { violations } = await check((socket) => socket.on('data', () => socket.write(other + good)), 60_000)
    expect(violations).toMatchObject([{ what: 'no-answer', actual: expect.stringContaining('status 101') }])
  })

  it.each(['gzip', 'br', 'aes128gcm, gzip'])(
    'is caught sending a body in %s, with nothing said of what follows from it',
    async (encoding) => {
      const encoded = good
        .replace('Content-Length: 13', `Content-Encoding: ${encoding}\r\nContent-Length: 4`)
        .replace('Hello, World!', 'x\0\u0001y')
      const { violations } = await check((socket) => socket.on('data', () => socket.write(encoded)))
      expect(violations).toEqual([{ what: 'content-encoding', expected: '(none)', actual: encoding }])
    },
  )

  it('may say that its body is encoded in no way', async () => {
    const identity = good.replace('Content-Length', 'Content-Encoding: identity\r\nContent-Length')
    expect((await check((socket) => socket.on('data', () => socket.write(identity)))).violations).toEqual([])
  })

  it.each([
    ['says nothing', () => {}, 'not answered within 100 ms', 100],
    ['stops in the middle of a body', (socket: Socket) => socket.write(good.slice(0, -3)), 'not answered within 100 ms', 100],
    ['hangs up', (socket: Socket) => socket.destroy(), 'hang up', 5_000],
    ['speaks no HTTP', (socket: Socket) => socket.write('220 mail ready\r\n'), 'Parse Error', 5_000],
    ['promises more than it sends', (socket: Socket) => socket.end(good.replace('13', '14')), 'broke off after 13 bytes', 5_000],
  ])('is caught when it %s', async (_what, answer, why, timeoutMs) => {
    const { violations } = await check((socket) => socket.on('data', () => answer(socket)), timeoutMs)
    const noAnswer = violations.find(({ what }) => what === 'no-answer')
    expect(noAnswer?.actual).toContain(why)
  })

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'X-Filler: ', 'headers of more than 16 KiB'],
    ['body', 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n', '', 'body is longer than 65536 bytes'],
  ])('is cut off when its %s does not end', async (_what, start, prefix, why) => {
    let sent = 0
    const { violations } = await check((socket) => {
      socket.once('data', () => {
        socket.write(start)
        const line = `${prefix}${'x'.repeat(1_000)}\r\n`
        const flood = () => {
          while (!socket.destroyed && socket.write(line)) sent += line.length
        }
        socket.on('drain', flood)
        flood()
      })
    })
    expect(violations.find(({ what }) => what === 'no-answer')?.actual).toContain(why)
    // Kernel buffers hold a few megabytes at most; had it been read until the time was up, it would be hundreds.
    expect(sent).toBeLessThan(50_000_000)
  })

  it('may answer as much as is expected of it, and not a byte more', async () => {
    const body = 'x'.repeat(100_000)
    const long = { path: '/long', status: 200, contentType: 'text/plain', contentLength: body.length, body }
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: '
    const violations = async (sent: string) => {
      const server = createServer((socket) => {
        socket.on('error', () => {})
        socket.on('data', () => socket.write(`${head}${sent.length}\r\n\r\n${sent}`))
      })
      const options = { endpoints: ['long'], answers: { long }, timeoutMs: 5_000 }
      const [check] = await checkContract(await listen(server), options).finally(() => server.close())
      return check!.violations
    }
    expect(await violations(body)).toEqual([])
    expect(await violations(`${body.slice(0, -1)}y`)).toMatchObject([{ what: 'body' }])
    expect(await violations(`${body}x`)).toMatchObject([
      { what: 'content-length', expected: '100000', actual: '100001' },
      { what: 'no-answer', actual: 'body is longer than 100000 bytes' },
    ])
  })

  it('is a violation, not an error, when nobody listens', async () => {
    const server = createServer()
    const address = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    const checks = await checkContract(address, { endpoints: ['hello'], timeoutMs: 5_000 })
    expect(checks).toMatchObject([
      { endpoint: 'hello', headerBytes: null, headers: [], violations: [{ what: 'no-answer' }] },
      { endpoint: 'wrong-path', headerBytes: null, headers: [], violations: [{ what: 'no-answer' }] },
    ])
    expect(checks[0]!.violations[0]!.actual).toContain('ECONNREFUSED')
  })

  it('is left at once when the check is aborted', async () => {
    const server = createHttpServer(() => controller.abort(new Error('enough')))
    const controller = new AbortController()
    const address = await listen(server)
    const check = checkContract(address, { endpoints: ['hello'], timeoutMs: 60_000, signal: controller.signal })
    await expect(check).rejects.toThrow('enough')
    server.close()
  })
})
