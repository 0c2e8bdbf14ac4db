import { describe, expect, it } from 'vitest'
import { meanWait } from '../statistics/queueing.ts'
import { simulateQueue } from './fake-queue.ts'
import { sumOfFine } from './latency-histogram.ts'

const SERVICE_MICROSECONDS = 20

function pulse(load: number, milliseconds: number, seed = 3) {
  return simulateQueue({ ratePerSecond: (load * 1e6) / SERVICE_MICROSECONDS, seed }, milliseconds, SERVICE_MICROSECONDS / 1000)
}

describe('a simulated queue', () => {
  it.each([0.2, 0.5, 0.8])('waits at a load of %d as long as theory says (Pollaczek and Khinchine)', (load) => {
    const latencies = sumOfFine([1, 2, 3, 4].map((seed) => pulse(load, 4_000, seed).latencies))
    const waitMicroseconds = latencies.mean / 10 - SERVICE_MICROSECONDS
    expect(waitMicroseconds / meanWait(load, SERVICE_MICROSECONDS)).toBeGreaterThan(0.95)
    expect(waitMicroseconds / meanWait(load, SERVICE_MICROSECONDS)).toBeLessThan(1.05)
    expect(latencies.minNonZeroValue).toBeCloseTo(SERVICE_MICROSECONDS * 10, -1)
  })

  it('keeps up with what it can bear, and falls behind what it cannot', () => {
    const light = pulse(0.5, 500)
    expect(light.plannedNs / light.answeredNs).toBeGreaterThan(0.999)
    const heavy = pulse(1.25, 500)
    expect(heavy.plannedNs / heavy.answeredNs).toBeCloseTo(0.8, 1)
    expect(light).toMatchObject({ dropped: 0, queued: 0, ratePerSecond: 25_000 })
    expect(sumOfFine([light.latencies]).totalCount).toBe(light.scheduled)
  })
})
