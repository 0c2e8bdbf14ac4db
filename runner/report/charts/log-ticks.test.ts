import { describe, expect, test } from 'vitest'
import { logTicks } from './answer-chart.ts'

describe('logTicks', () => {
  test.each([
    [0.89, 2.2, 10, [0.9, 1, 1.2, 1.4, 1.6, 1.8, 2]],
    [0.98, 1.12, 10, [1, 1.05, 1.1]],
    [10, 600, 10, [10, 20, 50, 100, 200, 500]],
    [20, 6000, 5, [30, 100, 300, 1000, 3000]],
    [0.25, 16, 10, [0.5, 1, 2, 5, 10]],
    [1, 1, 10, [1]],
  ])('from %f to %f, %i at most', (low, high, most, ticks) => expect(logTicks(low, high, most)).toEqual(ticks))

  test('over many decades only powers of ten are left, however many', () => {
    expect(logTicks(1e-3, 1e9, 5)).toEqual(Array.from({ length: 13 }, (_, index) => Number(`1e${index - 3}`)))
  })

  test('never outside, always ascending', () => {
    for (const [low, high] of [
      [0.7, 0.71],
      [3, 3000],
      [11.4, 26.2],
    ] as const) {
      const ticks = logTicks(low, high)
      expect(ticks).toEqual([...ticks].sort((a, b) => a - b))
      expect(ticks.every((tick) => low <= tick && tick <= high)).toBe(true)
    }
  })
})
