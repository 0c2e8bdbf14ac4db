import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { pulsed, settle } from '../../fixtures/pulsed.ts'
import { type Asked, scriptedServer } from '../../fixtures/scripted-server.ts'
import { arrivalTimes } from '../arrivals.ts'
import { sumOfFine } from '../latency-histogram.ts'

const answer = (asked: Asked) => asked.answer()
const arrivals = { ratePerSecond: 1_000, seed: 7 }
const tenthsOf = (encoded: string) => sumOfFine([encoded])

describe('requests that are due at times of their own', () => {
  it('are all sent, once, and none before its time', async () => {
    const sentAt: number[] = []
    await using server = await scriptedServer((asked) => {
      sentAt.push(performance.now())
      asked.answer()
    })
    using load = await pulsed(server.address, { connections: 8 })
    const openedAt = performance.now()
    const { openLoop, ...pulse } = await load.pulse({ milliseconds: 200, arrivals })
    const due = arrivalTimes(arrivals, 200)
    expect(pulse).toMatchObject({ requests: due.length, lost: 0, wrongAnswers: 0, timeouts: 0, drained: true, reconnects: 0 })
    expect(openLoop).toMatchObject({ scheduled: due.length, dropped: 0, ratePerSecond: 1_000 })
    expect(server.asked.total).toBe(due.length)
    expect(pulse.elapsedNs).toBeGreaterThanOrEqual(200e6)
    expect(openLoop!.plannedNs).toBeCloseTo((due.at(-1)! - due[0]!) * 1e6, -1)
    for (const [index, at] of sentAt.entries()) expect(at - openedAt).toBeGreaterThanOrEqual(due[index]!)
    const [latencies, lags] = [tenthsOf(openLoop!.latencies), tenthsOf(openLoop!.lags)]
    expect(latencies.totalCount).toBe(due.length)
    expect(lags.totalCount + openLoop!.queued).toBe(due.length)
    await settle()
    expect(server.asked.total).toBe(due.length)
  })

  it('are sent although they became due while the pulse was ending', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address, { connections: 8 })
    // Every look at the clock takes 0.2 ms, so there is time between the last look for due requests and the end.
    let time = performance.now()
    const slow = vi.spyOn(performance, 'now').mockImplementation(() => {
      time += 0.2
      return time
    })
    onTestFinished(() => slow.mockRestore())
    const late = Array.from({ length: 10_000 }, (_, seed) => ({ ratePerSecond: 50, seed })).filter((order) => {
      const [first, ...others] = arrivalTimes(order, 20)
      return first !== undefined && first > 19.8 && others.length === 0
    })
    expect(late.length).toBeGreaterThan(20)
    for (const arrivals of late) {
      const { openLoop, requests } = await load.pulse({ milliseconds: 20, arrivals })
      expect([openLoop!.dropped, requests]).toEqual([0, 1])
    }
  })

  it('have waited since then when no connection was free: one slow answer is felt by all that come meanwhile', async () => {
    await using server = await scriptedServer((asked) =>
      asked.number === 1 ? void setTimeout(asked.answer, 80) : asked.answer(),
    )
    using load = await pulsed(server.address, { connections: 1 })
    const { openLoop, requests } = await load.pulse({ milliseconds: 100, arrivals })
    const latencies = tenthsOf(openLoop!.latencies)
    expect(requests).toBe(openLoop!.scheduled)
    // Asked one after another, a single one would have been slow. So all that were due in the first 40 of its 80 ms waited for 40 ms.
    const early = arrivalTimes(arrivals, 40).length
    expect(openLoop!.queued).toBeGreaterThanOrEqual(early - 1)
    expect(latencies.maxValue).toBeGreaterThanOrEqual(790_000)
    expect(latencies.getValueAtPercentile(100 - (50 * early) / requests)).toBeGreaterThan(390_000)
  })

  it('come too fast for the server: none is lost, and answers come later than they were due', async () => {
    await using server = await scriptedServer((asked) => void setTimeout(asked.answer, 5))
    using load = await pulsed(server.address, { connections: 1 })
    const { openLoop, requests, drained } = await load.pulse({ milliseconds: 100, arrivals })
    expect([requests, drained, openLoop!.dropped]).toEqual([openLoop!.scheduled, true, 0])
    expect(openLoop!.plannedNs / openLoop!.answeredNs).toBeLessThan(0.5)
  })

  it('are the endpoint of the order, and the next pulse of a closed loop is as ever', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    const { openLoop } = await load.pulse({ request: 2, milliseconds: 50, arrivals })
    expect(server.asked.byPath).toEqual(new Map([['/lookup', openLoop!.scheduled]]))
    const closed = await load.pulse({ request: 0 })
    expect(closed.openLoop).toBeUndefined()
    expect(server.asked.byPath.get('/hello')).toBe(closed.requests)
  })

  it('are not dozed through by a client that sleeps otherwise', async () => {
    await using server = await scriptedServer(answer)
    using load = await pulsed(server.address)
    const { idleNs, openLoop, requests } = await load.pulse({ milliseconds: 50, arrivals }, true)
    expect(idleNs).toBeGreaterThan(0)
    expect(requests).toBe(openLoop!.scheduled)
  })
})

describe('a server that does not answer', () => {
  it('leaves requests lost that were sent, and dropped that were not', async () => {
    await using server = await scriptedServer((asked) => void (asked.number <= 5 && asked.answer()))
    using load = await pulsed(server.address, { connections: 2 })
    const outcome = await load.pulse({ milliseconds: 60, drainLimitMilliseconds: 60, arrivals })
    const { scheduled, dropped } = outcome.openLoop!
    expect(outcome).toMatchObject({ requests: 5, lost: 2, timeouts: 2, drained: false, broken: false })
    expect(dropped).toBe(scheduled - 7)
    expect(server.asked.total).toBe(7)
    // Nothing of it is sent later.
    await settle()
    expect(server.asked.total).toBe(7)
  })

  it('because it is gone ends the pulse at once, and nothing is missing in the sums', async () => {
    const server = await scriptedServer((asked) => (asked.number === 10 ? void server.kill() : asked.answer()))
    using load = await pulsed(server.address)
    const outcome = await load.pulse({ milliseconds: 5_000, drainLimitMilliseconds: 5_000, arrivals })
    expect(outcome).toMatchObject({ broken: true, drained: false, wrongAnswers: 0 })
    expect(outcome.elapsedNs).toBeLessThan(2e9)
    const { scheduled, dropped } = outcome.openLoop!
    expect(outcome.requests + outcome.lost + dropped).toBe(scheduled)
  })
})
