import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holm } from './ranks.ts'

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 15 })

it('meets the textbook example', () => {
  // 4 × 0.005, 3 × 0.01, 2 × 0.03, and 1 × 0.04 raised to the one before
  holm([0.01, 0.04, 0.03, 0.005]).forEach((p, index) => {
    expect(p).toBeCloseTo([0.03, 0.06, 0.06, 0.02][index]!, 12)
  })
})

it('never goes above 1, and leaves a single test alone', () => {
  expect(holm([0.6, 0.7])).toEqual([1, 1])
  expect(holm([0.03])).toEqual([0.03])
  expect(holm([])).toEqual([])
})

it('lies between the p-value and Bonferroni, keeps the order, and does not depend on it', () => {
  fc.assert(
    fc.property(pValues, (family) => {
      const adjusted = holm(family)
      expect(holm(family.toReversed()).toReversed()).toEqual(adjusted)
      family.forEach((p, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p)
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * family.length))
        family.forEach((other, j) => {
          if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!)
        })
      })
    }),
  )
})

it('refuses what is no probability', () => {
  expect(() => holm([0.1, 1.5])).toThrow('a p-value must lie from 0 to 1, not 1.5')
  expect(() => holm([Number.NaN])).toThrow(RangeError)
})
