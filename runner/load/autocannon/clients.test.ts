import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { pulsed, pulseUntil } from '../../fixtures/pulsed.ts'
import { type Asked, bodyOf, scriptedServer } from '../../fixtures/scripted-server.ts'

const FRESH = { keepAlive: false }

/** Answers and closes, as it is asked to. */
const answer = (asked: Asked) => {
  asked.answer()
  asked.socket.end()
}

describe('a new connection for every request', () => {
  it('is opened, and closed by the server, of node:http; counts are exact', async () => {
    const wishes = new Set<string | undefined>()
    let [asked, connections] = [0, 0]
    const server = createServer((request, response) => {
      asked++
      wishes.add(request.headers.connection)
      const body = bodyOf(request.url ?? '')
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body)
    })
    server.on('connection', () => void connections++)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port }, FRESH)
    let all = 0
    for (const request of [0, 2, 1, 0]) {
      const outcome = await load.pulse({ request, milliseconds: 20 })
      expect(outcome).toMatchObject({ drained: true, lost: 0, wrongAnswers: 0, timeouts: 0, reconnects: 0, firstProblem: null })
      expect(outcome.requests).toBeGreaterThanOrEqual(4)
      all += outcome.requests
      expect(asked).toBe(all)
      // Nothing is left open: what closing costs the server belongs to this slice.
      expect(load.target.gate.owed).toBe(0)
    }
    // Each of the four tried once whether the server is there.
    await expect.poll(() => connections).toBe(all + 4)
    expect(wishes).toEqual(new Set(['close']))
    await expect.poll(() => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0)
    server.close()
  })

  it('is no reconnect, and none is open while nothing is asked', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, FRESH)
    await expect.poll(() => [server.asked.total, server.sockets.size, server.accepted()]).toEqual([0, 0, 4])
    const { requests, reconnects } = await load.pulse()
    expect([server.accepted(), reconnects]).toEqual([requests + 4, 0])
    await expect.poll(() => server.sockets.size).toBe(0)
  })

  it('works over a unix socket', async () => {
    const path = `/tmp/fresh-${process.pid}.sock`
    await using server = await scriptedServer(answer, path)
    using load = await pulsed(server.address, FRESH)
    const { requests, lost } = await load.pulse()
    expect([server.asked.total, lost]).toEqual([requests, 0])
  })

  it('sends requests that are due at times of their own, too', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, FRESH)
    const { requests, lost, openLoop } = await load.pulse({ milliseconds: 100, arrivals: { ratePerSecond: 300, seed: 2 } })
    expect(lost).toBe(0)
    expect([requests, server.asked.total]).toEqual([openLoop!.scheduled, openLoop!.scheduled])
  })
})

describe('a server that is asked to close', () => {
  it('and does so without an answer has lost the request', async () => {
    let closed = 0
    await using server = await scriptedServer((asked) => {
      if (asked.number % 5 === 0 && closed++ < 3) asked.socket.end()
      else answer(asked)
    })
    using load = await pulsed(server.address, FRESH)
    const outcome = await pulseUntil(() => closed >= 3, load, { milliseconds: 20 })
    expect(outcome).toMatchObject({ lost: 3, reconnects: 3, broken: false, drained: true })
    expect(outcome.firstProblem).toBe('the server closed the connection')
    expect(outcome.requests).toBe(server.asked.total - 3)
  })

  it('and does not is not waited for longer than the drain limit; the next pulse is exact', async () => {
    let keeps = true
    await using server = await scriptedServer((asked) => (keeps ? asked.answer() : answer(asked)))
    using load = await pulsed(server.address, FRESH)
    const outcome = await load.pulse({ drainLimitMilliseconds: 60 })
    expect(outcome).toMatchObject({ requests: 4, lost: 0, reconnects: 4, broken: false })
    expect(outcome.firstProblem).toBe('the server did not close a connection that it was asked to close')
    keeps = false
    const next = await load.pulse()
    expect(next).toMatchObject({ lost: 0, reconnects: 0, drained: true })
    expect(next.requests).toBe(server.asked.total - 4)
  })

  it('and answers nothing loses what was in flight', async () => {
    await using server = await scriptedServer(() => {})
    using load = await pulsed(server.address, FRESH)
    expect(await load.pulse({ drainLimitMilliseconds: 60 })).toMatchObject({ requests: 0, lost: 4, timeouts: 4, drained: false })
  })

  it('and answers wrongly is found out', async () => {
    await using server = await scriptedServer((asked) => {
      asked.answer(asked.number === 3 ? 'something else' : undefined)
      asked.socket.end()
    })
    using load = await pulsed(server.address, FRESH)
    const outcome = await pulseUntil(() => server.asked.total > 3, load)
    expect(outcome).toMatchObject({ wrongAnswers: 1, lost: 0 })
  })
})

describe('a server that is not there', () => {
  it('any more: the pulse ends at once, broken', async () => {
    const server = await scriptedServer((asked) => (asked.number === 20 ? void server.kill() : answer(asked)))
    using load = await pulsed(server.address, FRESH)
    const outcome = await load.pulse({ milliseconds: 5_000, drainLimitMilliseconds: 5_000 })
    expect(outcome).toMatchObject({ broken: true, drained: false })
    expect(outcome.elapsedNs).toBeLessThan(2e9)
    expect(load.target.gate.owed).toBe(0)
  })

  it('because this side has no port left is no fault of the server', async () => {
    const server = createTcpServer((socket) => void socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port }, FRESH)
    load.target.gate.ownFault = 'connect EADDRNOTAVAIL 127.0.0.1:1'
    await expect(load.pulse()).rejects.toThrow(/cannot open connections any more \(connect EADDRNOTAVAIL.*used up$/)
    server.close()
  })
})
