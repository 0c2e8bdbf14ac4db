import { once } from 'node:events'
import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { pulsed } from '../../fixtures/pulsed.ts'
import { bodyOf } from '../../fixtures/scripted-server.ts'

/** Longer than Linux puts off an acknowledgement. */
const WAIT_MILLISECONDS = 60
const WARM_UP = { recordLatency: false }

/** Answers of a server in a process with its client. */
async function pulsesOn(options: ServerOptions, listener: RequestListener, connections = 4) {
  const server = createServer(options, listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port }, { connections })
  const warmUp = []
  for (let turn = 0; turn < 8; turn++) warmUp.push(await load.pulse(WARM_UP))
  const measured = await load.pulse()
  server.close()
  return { warmUp, measured }
}

const inTwo =
  (between: (then: () => void) => void): RequestListener =>
  (request, response) => {
    const body = bodyOf(request.url ?? '')
    response.writeHead(200, { 'Content-Length': body.length }).write(body.slice(0, 1))
    between(() => response.end(body.slice(1)))
  }

describe('answers in pieces', () => {
  it('come at once when they are acknowledged, where Nagle’s algorithm holds them back', { retry: 2 }, async () => {
    const { warmUp, measured } = await pulsesOn(
      { noDelay: false },
      inTwo((then) => setImmediate(then)),
    )
    const { ns, hastened, released } = measured.held!
    expect(hastened).toBeGreaterThanOrEqual(3)
    expect(released).toBeGreaterThan(hastened / 2)
    // What is measured is left alone.
    expect(warmUp.at(-1)!.held!.hastened).toBe(hastened)
    // A part of them, at the least, waited for the kernel's acknowledgement of 40 ms.
    expect(ns).toBeGreaterThan(30e6)
    for (const { lost, wrongAnswers, reconnects } of [...warmUp, measured]) expect(lost + wrongAnswers + reconnects).toBe(0)
  })

  it('may come from a server that takes an empty line for the end of the connection', async () => {
    const server = createTcpServer({ noDelay: false }, (socket) => {
      let isOver = false
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        if (chunk.toString() === '\r\n') isOver = true
        else if (isOver) socket.destroy()
        else {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n')
          setImmediate(() => socket.write(bodyOf('/hello')))
        }
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port })
    const pulses = []
    for (let turn = 0; turn < 8; turn++) pulses.push(await load.pulse(WARM_UP))
    expect(pulses.at(-1)!.held!.hastened).toBeGreaterThan(0)
    for (const { lost, wrongAnswers, reconnects, firstProblem } of pulses) {
      expect({ failed: lost + wrongAnswers + reconnects, firstProblem }).toEqual({ failed: 0, firstProblem: null })
    }
    server.close()
  })

  it('come when the app is ready, where it waits after the head', async () => {
    const { measured } = await pulsesOn(
      {},
      inTwo((then) => setTimeout(then, WAIT_MILLISECONDS)),
    )
    const { ns, hastened, released } = measured.held!
    expect(hastened).toBe(8)
    expect(released).toBeLessThanOrEqual(2)
    expect(ns).toBeGreaterThan(4 * 0.8 * WAIT_MILLISECONDS * 1e6)
  })

  it('are none where it waits before the answer', async () => {
    const { warmUp, measured } = await pulsesOn({}, (request, response) => {
      const body = bodyOf(request.url ?? '')
      setTimeout(() => response.writeHead(200, { 'Content-Length': body.length }).end(body), WAIT_MILLISECONDS)
    })
    expect(measured).not.toHaveProperty('held')
    expect(warmUp.every(({ held }) => held === undefined)).toBe(true)
  })
})
