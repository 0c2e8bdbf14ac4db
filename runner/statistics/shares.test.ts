import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { extremeShares, jainsIndex, wilsonInterval } from './shares.ts'

describe("Jain's index", () => {
  it.each([
    [[5, 5, 5], 1],
    [[0, 0, 9], 1 / 3],
    [[4, 4, 0, 0], 1 / 2],
    // (1 + 2 + 3 + 4)² / (4 · 30)
    [[1, 2, 3, 4], 100 / 120],
    [[7], 1],
  ])('of %j is %d', (values, index) => {
    expect(jainsIndex(values)).toBeCloseTo(index, 12)
  })

  it('lies between 1/n and 1, whatever the unit and the order', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(shares, fc.double({ min: 0.5, max: 1e3, noNaN: true }), (values, unit) => {
        fc.pre(values.some((value) => value > 1e-3))
        const index = jainsIndex(values)
        expect(index).toBeGreaterThanOrEqual(1 / values.length - 1e-9)
        expect(index).toBeLessThanOrEqual(1 + 1e-9)
        expect(jainsIndex(values.map((value) => value * unit).toReversed())).toBeCloseTo(index, 9)
      }),
    )
  })

  it('says nothing where nobody has anything, and takes no nonsense', () => {
    expect(jainsIndex([0, 0])).toBeNaN()
    expect(() => jainsIndex([])).toThrow(RangeError)
    expect(() => jainsIndex([1, -1])).toThrow(RangeError)
  })
})

it('the extreme shares are multiples of an even one', () => {
  expect(extremeShares([10, 30, 20])).toEqual({ smallest: 0.5, largest: 1.5 })
  expect(extremeShares([3, 3])).toEqual({ smallest: 1, largest: 1 })
})

describe('wilsonInterval', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (hits, of, low, high) => {
    const interval = wilsonInterval(hits, of)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })

  it('is the same from the other side', () => {
    const { low, high } = wilsonInterval(3, 40)
    const other = wilsonInterval(37, 40)
    expect(other.low).toBeCloseTo(1 - high, 12)
    expect(other.high).toBeCloseTo(1 - low, 12)
    expect(wilsonInterval(20, 20).high).toBe(1)
  })

  it('holds a true share of 5 % in about 95 of 100 samples of 160', () => {
    const random = seededRandom(7)
    const samples = 2000
    let held = 0
    for (let sample = 0; sample < samples; sample++) {
      const hits = Array.from({ length: 160 }, random.uniform).filter((u) => u < 0.05).length
      const { low, high } = wilsonInterval(hits, 160)
      if (low <= 0.05 && 0.05 <= high) held++
    }
    expect(held / samples).toBeGreaterThan(0.93)
    expect(held / samples).toBeLessThan(0.98)
  })

  it.each([
    [0, 0],
    [-1, 5],
    [6, 5],
    [Number.NaN, 5],
  ])('refuses %f of %f', (hits, of) => {
    expect(() => wilsonInterval(hits, of)).toThrow(RangeError)
  })
})
