import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extremeShares, jainsIndex } from './fairness.ts'

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
