import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { expectedRequests, pulsed, pulseUntil, settle } from '../../fixtures/pulsed.ts'
import { type Asked, response, scriptedServer } from '../../fixtures/scripted-server.ts'
import { PulsedTarget } from './target.ts'

const answer = (asked: Asked) => asked.answer()

describe('connecting', () => {
  it('resolves when all connections stand', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, { connections: 7 })
    expect(load.target.gate).toMatchObject({ isOpen: false, inFlight: 0, broken: false, reconnects: 0 })
    await settle()
    expect(server.sockets.size).toBe(7)
  })

  it.each([true, false])('rejects when nobody listens, and does not go on trying; connections kept: %s', async (keepAlive) => {
    const server = await scriptedServer(answer)
    await server.kill()
    const target = { id: 'app', app: 'app', address: server.address, connections: 4, keepAlive, requests: expectedRequests() }
    const { gate } = new PulsedTarget(target)
    await expect(gate.connected()).rejects.toThrow(/connection error: connect ECONNREFUSED/)
    await settle()
    const attempts = gate.reconnects
    // Three per connection, and one that finds out.
    expect(attempts).toBeLessThanOrEqual(3 * 4 + 4)
    await settle()
    expect(gate.reconnects).toBe(attempts)
    expect(gate.broken).toBe(true)
    gate.destroy()
  })

  it('to a server that closes every connection as soon as it stands ends with the first pulse', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port })
    // TCP cannot tell it from a connection that stands; the first pulse does.
    const outcome = await load.pulse({ milliseconds: 5_000, drainLimitMilliseconds: 5_000 })
    expect(outcome).toMatchObject({ requests: 0, broken: true, drained: false, timeouts: 0 })
    expect(outcome.elapsedNs).toBeLessThan(2e9)
    server.close()
  })
})

describe('connections that the server closes while idle', () => {
  it.each([
    ['end', (asked: Asked['socket']) => asked.end()],
    ['destroy', (asked: Asked['socket']) => asked.destroy()],
    ['reset', (asked: Asked['socket']) => asked.resetAndDestroy()],
  ])('%s: are opened again, and the next pulse is exact', async (_how, close) => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    const first = await load.pulse()
    for (const socket of server.sockets) close(socket)
    await expect.poll(server.accepted).toBe(8)
    await settle()
    expect(load.target.gate.inFlight).toBe(0)
    const second = await load.pulse()
    expect(second).toMatchObject({ drained: true, lost: 0, wrongAnswers: 0, broken: false })
    expect(first.requests + second.requests).toBe(server.asked.total)
    expect(second.requests).toBeGreaterThanOrEqual(4)
  })

  it('are told of in the next pulse', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    await load.pulse()
    for (const socket of server.sockets) socket.end()
    await settle()
    expect(await load.pulse()).toMatchObject({ reconnects: 4, firstProblem: 'the server closed the connection' })
    expect(await load.pulse()).toMatchObject({ reconnects: 0, firstProblem: null })
  })

  it('at the very moment the gate opens: every request is answered or lost, none is counted twice', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, { connections: 8 })
    for (let turn = 0; turn < 40; turn++) {
      const before = server.asked.total
      for (const socket of server.sockets)
        if (turn % 2 === 0) socket.end()
        else socket.destroy()
      const { requests, lost, wrongAnswers, broken } = await load.pulse({ milliseconds: 6 })
      await settle()
      expect({ wrongAnswers, broken }).toEqual({ wrongAnswers: 0, broken: false })
      // A request that met a closed socket was never read by the server.
      const read = server.asked.total - before
      expect(read).toBeGreaterThanOrEqual(requests)
      expect(read).toBeLessThanOrEqual(requests + lost)
      expect(server.sockets.size).toBe(8)
    }
  })
})

describe('connections that the server closes in the middle of a request', () => {
  it.each([
    ['end', (asked: Asked) => asked.socket.end()],
    ['destroy', (asked: Asked) => asked.socket.destroy()],
    ['reset', (asked: Asked) => asked.socket.resetAndDestroy()],
    ['half an answer', (asked: Asked) => asked.socket.end(response('body of hello').slice(0, 30))],
    ['all but the last byte', (asked: Asked) => asked.socket.end(response('body of hello').slice(0, -1))],
  ])('%s: lost requests are counted exactly', async (_how, end) => {
    let closed = 0
    await using server = await scriptedServer((asked) => {
      if (asked.number % 7 === 0 && closed < 6) {
        closed++
        end(asked)
      } else asked.answer()
    })
    using load = await pulsed(server.address, { connections: 4 })
    const outcome = await pulseUntil(() => closed === 6, load, { milliseconds: 20 })
    expect(outcome).toMatchObject({ lost: 6, reconnects: 6, wrongAnswers: 0, drained: true, broken: false, timeouts: 0 })
    expect(outcome.requests).toBe(server.asked.total - 6)
    expect(outcome.firstProblem).toMatch(/connection/)
    await settle()
    expect(server.sockets.size).toBe(4)
    expect(server.accepted()).toBe(10)
  })

  it('answered first and closed then: the answer counts', async () => {
    let closed = 0
    await using server = await scriptedServer((asked) => {
      asked.answer()
      if (asked.number % 20 === 0 && closed++ < 3) asked.socket.end()
    })
    using load = await pulsed(server.address)
    const outcome = await pulseUntil(() => server.accepted() === 7, load, { milliseconds: 20 })
    expect(outcome).toMatchObject({ reconnects: 3, wrongAnswers: 0, broken: false })
    // What the client sent next, before it knew of the end, may have been read or not.
    expect(outcome.requests).toBeLessThanOrEqual(server.asked.total)
    expect(outcome.requests + outcome.lost).toBeGreaterThanOrEqual(server.asked.total)
    expect(outcome.lost).toBeLessThanOrEqual(3)
    await settle()
    expect(server.sockets.size).toBe(4)
  })
})

describe('a server that is killed', () => {
  it('in the middle of a pulse: broken, soon, and every request accounted for', async () => {
    const server = await scriptedServer((asked) => (asked.number === 50 ? void server.kill() : asked.answer()))
    using load = await pulsed(server.address, { connections: 6 })
    const outcome = await load.pulse({ milliseconds: 5_000, drainLimitMilliseconds: 5_000 })
    expect(outcome).toMatchObject({ broken: true, drained: false, timeouts: 0, wrongAnswers: 0 })
    // It did not wait for the end of the slice, nor for the drain limit.
    expect(outcome.elapsedNs).toBeLessThan(2e9)
    // Six went down with the server; others may have been sent on connections that were never accepted.
    expect(outcome.lost).toBeGreaterThanOrEqual(6)
    expect(outcome.requests).toBeLessThan(50)
    expect(load.target.gate.inFlight).toBe(0)
  })

  it('between pulses: no attempt goes on for ever, and the next pulse ends at once', async () => {
    const server = await scriptedServer(answer)
    using load = await pulsed(server.address, { connections: 6 })
    await load.pulse()
    await server.kill()
    await settle()
    const { gate } = load.target
    expect(gate.broken).toBe(true)
    const attempts = gate.reconnects
    expect(attempts).toBeLessThanOrEqual(3 * 6 + 6)
    await settle()
    expect(gate.reconnects).toBe(attempts)
    const outcome = await load.pulse({ milliseconds: 5_000, drainLimitMilliseconds: 5_000 })
    expect(outcome).toMatchObject({ requests: 0, lost: 0, timeouts: 0, broken: true, drained: false })
    expect(outcome.elapsedNs).toBeLessThan(2e9)
    expect(outcome.firstProblem).toMatch(/clos|connection error/)
  })
})

describe('the gate', () => {
  it('closes at once when destroyed, with nothing left in flight', async () => {
    await using server = await scriptedServer(() => {})
    using load = await pulsed(server.address)
    const { gate } = load.target
    gate.open(0)
    expect(gate).toMatchObject({ isOpen: true, inFlight: 4, openings: 1 })
    gate.destroy()
    expect(gate).toMatchObject({ isOpen: false, inFlight: 0, lost: 4, broken: true })
    await settle()
    expect(server.sockets.size).toBe(0)
  })

  it('abandons only the requests that are still waited for', async () => {
    await using server = await scriptedServer((asked) => void (asked.number <= 3 && asked.answer()))
    using load = await pulsed(server.address)
    const { gate } = load.target
    gate.open(0)
    gate.close()
    await settle()
    expect(gate.inFlight).toBe(1)
    expect(gate.abandon()).toBe(1)
    expect(gate).toMatchObject({ inFlight: 0, lost: 1 })
    expect(gate.abandon()).toBe(0)
  })

  it('keeps the first problem only', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    load.target.gate.problem('one')
    load.target.gate.problem('two')
    expect(load.target.gate.firstProblem).toBe('one')
  })
})
