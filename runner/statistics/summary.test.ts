import fc from 'fast-check'
import * as simple from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { mean, median, quantile, trimmedMean, variance } from './summary.ts'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 40 })
const locations = { mean, median, trimmedMean, quartile: (sample: readonly number[]) => quantile(sample, 0.25) }
const spreads = { variance }

describe('hand-computed values', () => {
  it('are met by every summary', () => {
    expect(mean([1, 2, 6])).toBe(3)
    expect(variance([1, 2, 6])).toBe(7)
    expect(median([9, 1, 5])).toBe(5)
    expect(median([9, 1, 5, 6])).toBe(5.5)
  })

  it('are met by the type 7 quantile', () => {
    expect(quantile([40, 10, 20, 30], 0.25)).toBe(17.5)
    expect(quantile([1, 2, 3, 4, 5], 0.1)).toBeCloseTo(1.4, 12)
    expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)]).toEqual([1, 3])
  })

  it('are met by the trimmed mean, which drops floor(share × n) values at each end', () => {
    expect(trimmedMean([100, 1, 2, 3, -50])).toBe(2)
    expect(trimmedMean([100, 1, 2, 3])).toBe(26.5)
    expect(trimmedMean([100, 1, 2, 3, 4, 5, 6, 7, 8], 0.25)).toBe(5)
    expect(trimmedMean([1, 2, 9], 0)).toBe(4)
  })
})

describe('simple-statistics', () => {
  it('agrees', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const scale = Math.max(...sample.map(Math.abs), 1e-100)
        expect(mean(sample) / scale).toBeCloseTo(simple.mean(sample) / scale, 10)
        expect(variance(sample) / scale ** 2).toBeCloseTo(simple.sampleVariance(sample) / scale ** 2, 10)
        expect(median(sample) / scale).toBeCloseTo(simple.median(sample) / scale, 10)
      }),
    )
  })
})

describe.each(Object.entries(locations))('%s', (_, location) => {
  it('does not depend on the order, nor change it', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const before = [...sample]
        expect(location(sample.toReversed())).toBeCloseTo(location(sample), 6)
        expect(sample).toEqual(before)
      }),
    )
  })

  it('moves and grows with the values', () => {
    fc.assert(
      fc.property(values, (sample) => {
        expect(location(sample.map((value) => 3 * value + 7))).toBeCloseTo(3 * location(sample) + 7, 6)
      }),
    )
  })

  it('of equal values, or of a single one, is that value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 30 }), (value, count) => {
        expect(location(new Array<number>(count).fill(value)) - value).toBe(0)
      }),
    )
  })

  it('of nothing is an error', () => {
    expect(() => location([])).toThrow(RangeError)
  })
})

describe.each(Object.entries(spreads))('%s', (_, spread) => {
  it('of equal values is zero, and moving the values does not matter', () => {
    expect(spread([0.1, 0.1, 0.1])).toBe(0)
    expect(spread([1, 4, 5, 9].map((value) => value + 100))).toBe(spread([1, 4, 5, 9]))
  })

  it('of nothing is an error', () => {
    expect(() => spread([])).toThrow(RangeError)
  })
})

describe('impossible requests', () => {
  it('are errors that say what was wrong', () => {
    expect(() => variance([1])).toThrow('a variance needs at least 2 value(s), got 1')
    expect(() => quantile([1], 1.1)).toThrow('a quantile needs a share from 0 to 1, not 1.1')
    expect(() => trimmedMean([1], 0.5)).toThrow('a trimmed mean needs a share from 0 to below 0.5, not 0.5')
  })
})
