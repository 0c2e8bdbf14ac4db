import fc from 'fast-check'
import { expect, it } from 'vitest'
import { theilSenSlope } from './theil-sen.ts'

it('is the median of the slopes between pairs: 1, 2, 3 for the points (0, 0), (1, 1), (2, 4)', () => {
  expect(theilSenSlope([0, 1, 2], [0, 1, 4])).toBe(2)
})

it('is not turned by a point that is far off', () => {
  expect(theilSenSlope([0, 1, 2, 3, 4, 5, 6], [1, 3, 5, 700, 9, 11, 13])).toBe(2)
})

it('is zero for a flat line and exact for any other, in any order', () => {
  expect(theilSenSlope([1, 2, 3], [4, 4, 4])).toBe(0)
  const whole = fc.integer({ min: -100, max: 100 })
  fc.assert(
    fc.property(fc.uniqueArray(whole, { minLength: 2, maxLength: 12 }), whole, whole, (x, slope, offset) => {
      const y = x.map((value) => slope * value + offset)
      expect(theilSenSlope(x, y)).toBeCloseTo(slope, 10)
      expect(theilSenSlope(x.toReversed(), y.toReversed())).toBeCloseTo(slope, 10)
    }),
  )
})

it('skips pairs with the same x, and refuses when there are no others', () => {
  expect(theilSenSlope([1, 1, 2], [0, 10, 10])).toBe(5)
  expect(() => theilSenSlope([1, 1], [1, 2])).toThrow('a slope needs at least two points that differ in x')
  expect(() => theilSenSlope([1], [1])).toThrow(RangeError)
  expect(() => theilSenSlope([1, 2], [1])).toThrow(RangeError)
})
