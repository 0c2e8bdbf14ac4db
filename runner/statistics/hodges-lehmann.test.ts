import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hodgesLehmann } from './hodges-lehmann.ts'

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
