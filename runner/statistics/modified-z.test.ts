import fc from 'fast-check'
import { expect, it } from 'vitest'
import { modifiedZScores } from './modified-z.ts'

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
