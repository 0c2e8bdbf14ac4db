import { describe, expect, it } from 'vitest'
import { asymptoticBounds } from './asymptotic-bounds.ts'

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
