import { describe, expect, it } from 'vitest'
import { asymptoticBounds, meanWait } from './queueing.ts'

describe('asymptoticBounds', () => {
  it('are those of the textbook: D = 2 s, R(1) = 5 s', () => {
    const { knee, at } = asymptoticBounds(5, 2)
    expect(knee).toBe(2.5)
    expect([1, 2, 3, 100].map(at)).toEqual([0.2, 0.4, 0.5, 0.5])
  })

  it('hold the exact throughput of a balanced closed queue: N ÷ (D (N + K - 1)) with K stations of demand D', () => {
    const [demand, stations] = [1, 3]
    const { at } = asymptoticBounds(demand * stations, demand)
    for (const n of [1, 2, 4, 8, 64]) expect(n / (demand * (n + stations - 1))).toBeLessThanOrEqual(at(n) + 1e-12)
  })

  it('needs times', () => {
    expect(() => asymptoticBounds(0, 1)).toThrow(RangeError)
    expect(() => asymptoticBounds(1, Number.NaN)).toThrow(RangeError)
  })
})

describe('meanWait', () => {
  it.each([
    // ρ ÷ (2 (1 - ρ)) service times for M/D/1, twice as much for M/M/1 (c = 1).
    [0, 1, 0, 0],
    [0.5, 1, 0, 0.5],
    [0.8, 1, 0, 2],
    [0.9, 10, 0, 45],
    [0.8, 1, 1, 4],
    [0.5, 2, 1, 2],
  ])('at a load of %d with a service of %d and variation %d is %d', (load, service, variation, wait) => {
    expect(meanWait(load, service, variation)).toBeCloseTo(wait, 12)
  })

  it('is that of a queue simulated arrival by arrival, within the error of the simulation', () => {
    // Lindley's recursion with a generator of its own: nothing of the suite's is used on both sides.
    let state = 1
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return (state + 0.5) / 2 ** 32
    }
    for (const load of [0.3, 0.6, 0.8]) {
      let [wait, sum] = [0, 0]
      const arrivals = 400_000
      for (let arrival = 0; arrival < arrivals; arrival++) {
        wait = Math.max(0, wait + 1 + Math.log(uniform()) / load)
        sum += wait
      }
      expect(sum / arrivals / meanWait(load, 1)).toBeGreaterThan(0.95)
      expect(sum / arrivals / meanWait(load, 1)).toBeLessThan(1.05)
    }
  })

  it('has no value for a load that the server cannot bear', () => {
    expect(() => meanWait(1, 1)).toThrow(RangeError)
    expect(() => meanWait(Number.NaN, 1)).toThrow(RangeError)
    expect(() => meanWait(-0.1, 1)).toThrow(RangeError)
    expect(() => meanWait(0.5, -1)).toThrow(RangeError)
  })
})
