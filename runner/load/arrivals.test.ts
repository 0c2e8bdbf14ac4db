import { describe, expect, it } from 'vitest'
import { mean, variance } from '../statistics/summary.ts'
import { arrivalTimes } from './arrivals.ts'

const gapsOf = (times: readonly number[]) => times.map((at, index) => at - (times[index - 1] ?? 0))

describe('arrivalTimes', () => {
  it('ascend from the start to below the end, and come at the rate requested', () => {
    const times = arrivalTimes({ ratePerSecond: 20_000, seed: 3 }, 5_000)
    expect(times[0]).toBeGreaterThan(0)
    expect(times.at(-1)).toBeLessThan(5_000)
    expect(gapsOf(times).every((gap) => gap > 0)).toBe(true)
    // 100,000 of them: the standard deviation of a Poisson count is its square root.
    expect(Math.abs(times.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000))
  })

  it('have exponential gaps: their deviation is their mean, and e^-1 of them are longer', () => {
    const gaps = gapsOf(arrivalTimes({ ratePerSecond: 1000, seed: 5 }, 50_000))
    const middle = mean(gaps)
    expect(Math.sqrt(variance(gaps)) / middle).toBeCloseTo(1, 1)
    expect(gaps.filter((gap) => gap > middle).length / gaps.length).toBeCloseTo(Math.exp(-1), 1)
  })

  it('are the same sequence for the same seed, stretched by the rate; another one for another seed', () => {
    const slow = arrivalTimes({ ratePerSecond: 100, seed: 9 }, 1_000)
    const fast = arrivalTimes({ ratePerSecond: 400, seed: 9 }, 250)
    expect(fast).toHaveLength(slow.length)
    for (const [index, at] of fast.entries()) expect(4 * at).toBeCloseTo(slow[index]!, 6)
    expect(arrivalTimes({ ratePerSecond: 100, seed: 10 }, 1_000)).not.toEqual(slow)
  })
})
