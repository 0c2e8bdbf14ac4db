import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as hdr from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { expectedRequests, PATHS, pulsed, pulseUntil, settle } from '../../fixtures/pulsed.ts'
import { type Asked, bodyOf, scriptedServer } from '../../fixtures/scripted-server.ts'
import { seededRandom } from '../../statistics/random.ts'

const answer = (asked: Asked) => asked.answer()

const CLEAN = { drained: true, wrongAnswers: 0, lost: 0, timeouts: 0, reconnects: 0, broken: false, firstProblem: null }

describe('pulse', () => {
  it('counts exactly what node:http was asked for, over many pulses of random endpoints', async () => {
    const asked = new Map<string, number>()
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      asked.set(path, (asked.get(path) ?? 0) + 1)
      const body = bodyOf(path)
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    using load = await pulsed({ transport: 'tcp', host: '127.0.0.1', port }, { connections: 5 })
    const random = seededRandom(7)
    const expected = new Map<string, number>()
    let all = 0
    for (let number = 0; number < 60; number++) {
      const request = random.integer(0, PATHS.length - 1)
      const outcome = await load.pulse({ request, milliseconds: random.integer(1, 12) })
      expect(outcome).toMatchObject(CLEAN)
      expected.set(PATHS[request]!, (expected.get(PATHS[request]!) ?? 0) + outcome.requests)
      all += outcome.requests
      expect(asked).toEqual(expected)
    }
    // Every connection sends at least one request in every pulse.
    expect(all).toBeGreaterThanOrEqual(60 * 5)
    server.close()
  })

  it('sends nothing while the gate is closed', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    await settle()
    expect(server.asked.total).toBe(0)
    const { requests } = await load.pulse()
    await settle()
    expect(server.asked.total).toBe(requests)
    expect(server.accepted()).toBe(4)
  })

  it('waits for every answer that is still owed when the gate closes', async () => {
    const held: Asked[] = []
    await using server = await scriptedServer((asked) => {
      held.push(asked)
      // The last of the four comes long after the gate has closed.
      if (held.length === 4) setTimeout(() => held.forEach(answer), 60)
    })
    using load = await pulsed(server.address)
    const outcome = await load.pulse({ milliseconds: 5 })
    expect(outcome).toMatchObject({ ...CLEAN, requests: 4, steadyRequests: 0, steadyNs: 0 })
    expect(load.target.gate.inFlight).toBe(0)
    expect(outcome.drainNs).toBeGreaterThan(40e6)
    expect(outcome.elapsedNs).toBeGreaterThanOrEqual(outcome.drainNs + 5e6)
  })

  it('asks for the endpoint of the order, also on the first request of each connection', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    const counts: number[] = []
    for (const request of [2, 0, 1]) counts[request] = (await load.pulse({ request })).requests
    expect(PATHS.map((path) => server.asked.byPath.get(path))).toEqual(counts)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  it('counts the bytes received', async () => {
    let bytes = 0
    await using server = await scriptedServer(({ socket }) => {
      const text = `HTTP/1.1 200 OK\r\nContent-Length: ${bodyOf('/hello').length}\r\n\r\n${bodyOf('/hello')}`
      bytes += text.length
      socket.write(text)
    })
    using load = await pulsed(server.address)
    expect(await load.pulse()).toMatchObject({ receivedBytes: bytes })
  })

  it('knows the rate of a server that answers all connections in a bunch: turns are counted, not bunches', async () => {
    let held: Asked[] = []
    const turns: number[] = []
    await using server = await scriptedServer((asked) => {
      held.push(asked)
      if (held.length < 4) return
      const bunch = held
      held = []
      setTimeout(() => {
        turns.push(performance.now())
        bunch.forEach(answer)
      }, 60)
    })
    using load = await pulsed(server.address)
    const { steadyRequests, steadyNs } = await load.pulse({ milliseconds: 330 })
    const whole = steadyRequests / 4
    expect(whole).toBeGreaterThan(1)
    expect(Number.isInteger(whole)).toBe(true)
    // By single answers there would be a turn of 60 ms less.
    expect(Math.abs(steadyNs / 1e6 - (turns[whole]! - turns[0]!))).toBeLessThan(40)
  })

  it('has a steady part that is shorter than the whole, and an idle part that is no longer than it', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    const { requests, elapsedNs, steadyRequests, steadyNs, idleNs } = await load.pulse({ milliseconds: 30 })
    expect(steadyRequests).toBeGreaterThan(0)
    expect(steadyRequests).toBeLessThan(requests)
    expect(steadyNs).toBeGreaterThan(0)
    expect(steadyNs).toBeLessThan(elapsedNs)
    expect(idleNs).toBeGreaterThan(0)
    expect(idleNs!).toBeLessThanOrEqual(elapsedNs * 1.01 + 1e6)
  })

  it('works over a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulse-'))
    try {
      await using server = await scriptedServer(answer, join(folder, 'app.sock'))
      using load = await pulsed(server.address)
      const { requests } = await load.pulse({ request: 1 })
      expect(requests).toBeGreaterThan(0)
      expect(server.asked.byPath).toEqual(new Map([['/template', requests]]))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('checks bodies that are larger than a socket buffer', async () => {
    const body = `${'x'.repeat(2 ** 20 - 1)}y`
    await using server = await scriptedServer(({ answer, number }) => answer(number === 3 ? `${body.slice(0, -1)}z` : body))
    const requests = [{ endpoint: 'large', path: '/large', status: 200, body }]
    using load = await pulsed(server.address, { connections: 2, requests })
    const outcome = await pulseUntil(() => server.asked.total > 6, load)
    expect(outcome).toMatchObject({ drained: true, wrongAnswers: 1, lost: 0, reconnects: 0 })
    expect(outcome.requests).toBe(server.asked.total - 1)
    expect(outcome.receivedBytes).toBeGreaterThan(outcome.requests * body.length)
  })
})

describe('latencies', () => {
  const samplesOf = (load: Awaited<ReturnType<typeof pulsed>>) =>
    load.target.latencies().map(({ histogram }) => hdr.decodeFromCompressedBase64(histogram, 32, false))

  it('hold every answer but the first of each connection in each pulse, by endpoint', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, { connections: 3 })
    const wanted = [0, 0, 0]
    for (const request of [0, 2, 0]) wanted[request]! += (await load.pulse({ request })).requests - 3
    expect(samplesOf(load).map(({ totalCount }) => totalCount)).toEqual(wanted)
    expect(load.target.latencies().map(({ target, request }) => [target, request])).toEqual([
      ['app', 0],
      ['app', 1],
      ['app', 2],
    ])
  })

  it('are not taken while warming up', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    await load.pulse({ recordLatency: false })
    expect(samplesOf(load).map(({ totalCount }) => totalCount)).toEqual([0, 0, 0])
  })

  it('are in microseconds, from the request to its answer', async () => {
    await using server = await scriptedServer((asked) => setTimeout(() => asked.answer(), 10))
    using load = await pulsed(server.address, { connections: 1 })
    await load.pulse({ milliseconds: 80 })
    const [hello] = samplesOf(load)
    expect(hello!.minNonZeroValue).toBeGreaterThan(8_000)
    // Wide: this machine may be busy. It tells milliseconds from microseconds.
    expect(hello!.minNonZeroValue).toBeLessThan(1_000_000)
  })
})

describe('a server that hangs', () => {
  it('is given up after the drain limit; what was in flight counts as lost', async () => {
    await using server = await scriptedServer((asked) => {
      if (asked.number <= 6) asked.answer()
    })
    using load = await pulsed(server.address)
    const outcome = await load.pulse({ milliseconds: 100, drainLimitMilliseconds: 80 })
    expect(outcome).toMatchObject({ drained: false, timeouts: 4, lost: 4, reconnects: 4, broken: false, wrongAnswers: 0 })
    expect([outcome.requests, server.asked.total]).toEqual([6, 10])
    expect(outcome.firstProblem).toBe('no answer to a request within the drain limit')
    expect(outcome.drainNs).toBeGreaterThanOrEqual(79e6)
  })

  it('is asked again in the next pulse, over new connections', async () => {
    let hangs = true
    await using server = await scriptedServer((asked) => void (hangs || asked.answer()))
    using load = await pulsed(server.address)
    expect(await load.pulse({ drainLimitMilliseconds: 50 })).toMatchObject({ requests: 0, lost: 4, timeouts: 4 })
    hangs = false
    const before = server.asked.total
    const outcome = await load.pulse()
    expect(outcome).toMatchObject({ drained: true, lost: 0, timeouts: 0, broken: false, wrongAnswers: 0 })
    expect(outcome.requests).toBe(server.asked.total - before)
    expect(server.accepted()).toBe(8)
  })
})

describe('a client that sleeps between responses', () => {
  it('counts as exactly, ends as surely, and cannot tell what it waited', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    for (let number = 0; number < 5; number++) {
      const before = server.asked.total
      const outcome = await load.pulse({ milliseconds: 10 }, true)
      expect(outcome).toMatchObject({ ...CLEAN, idleNs: null })
      expect(outcome.requests).toBe(server.asked.total - before)
      expect(outcome.elapsedNs).toBeGreaterThanOrEqual(10e6)
    }
  })
})

describe('expectedRequests of the fixture', () => {
  it('differ from each other, so that the wrong endpoint could not go unnoticed', () => {
    expect(new Set(expectedRequests().map(({ body }) => body)).size).toBe(PATHS.length)
  })
})
