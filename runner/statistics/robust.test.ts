import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hodgesLehmann, modifiedZScores, theilSenSlope } from './summary.ts'

it('is the median of the Walsh averages: 1, 1.5, 2, 3.5, 4 and 6 for the values 1, 2 and 6', () => {
  expect(hodgesLehmann([6, 1, 2])).toBe(2.75)
})

it('stays with the many when a few are far off', () => {
  expect(hodgesLehmann([1, 2, 3, 4, 5, 6, 1000])).toBeLessThan(6)
})

it('is the centre of symmetric values, in any order, and follows their scale', () => {
  const distances = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(distances, (sample) => {
      const symmetric = sample.flatMap((distance) => [50 - distance, 50 + distance])
      expect(hodgesLehmann(symmetric)).toBe(50)
      expect(hodgesLehmann(symmetric.toReversed().map((value) => 4 * value))).toBe(200)
    }),
  )
})

it('of a single value is that value, and of nothing an error', () => {
  expect(hodgesLehmann([0.3])).toBe(0.3)
  expect(() => hodgesLehmann([])).toThrow(RangeError)
})

it('counts median absolute deviations: 0.6745 × 97 ÷ 1 for the last of 1, 2, 3, 4, 100', () => {
  const scores = modifiedZScores([1, 2, 3, 4, 100])
  expect(scores[2]).toBe(0)
  expect(scores[4]).toBeCloseTo(65.4255, 3)
})

it('falls back on the mean distance when more than half are equal: 10 ÷ (1.2533 × 2)', () => {
  expect(modifiedZScores([5, 5, 5, 5, 15])[4]).toBeCloseTo(3.98942, 4)
})

it('is zero for equal values and for a single one', () => {
  expect(modifiedZScores([2, 2, 2])).toEqual([0, 0, 0])
  expect(modifiedZScores([9])).toEqual([0])
  expect(() => modifiedZScores([])).toThrow(RangeError)
})

it('does not depend on where the values lie, on their unit or their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 }), (values) => {
      const scores = modifiedZScores(values)
      modifiedZScores(values.map((value) => 8 * value + 3)).forEach((score, index) => {
        expect(score).toBeCloseTo(scores[index]!, 9)
      })
      expect(
        modifiedZScores(values.toReversed())
          .toReversed()
          .map((score) => score.toFixed(9)),
      ).toEqual(scores.map((score) => score.toFixed(9)))
    }),
  )
})

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
