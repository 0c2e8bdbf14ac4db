import fc from 'fast-check'
import { expect, it } from 'vitest'
import { roundsNeeded } from './estimate.ts'
import { tQuantile } from './student-t.ts'

it('is seven when the half-width is to be one standard deviation: t is 2.57 ÷ √6 with six rounds, 2.45 ÷ √7 with seven', () => {
  expect(roundsNeeded(1, 1)).toBe(7)
})

it('comes near the normal distribution’s answer when many are needed', () => {
  expect(roundsNeeded(10, 1)).toBe(387) // 385 by the normal distribution
})

it('is the first number of rounds that is enough', () => {
  const borrowing = fc.double({ min: 1, max: 3, noNaN: true })
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 20, noNaN: true }), borrowing, (deviation, factor) => {
      const rounds = roundsNeeded(deviation, 1, { borrowing: factor })
      const halfWidth = (count: number) => (tQuantile(0.95, factor * (count - 1)) * deviation) / Math.sqrt(count)
      expect(halfWidth(rounds)).toBeLessThanOrEqual(1 + 1e-9)
      if (rounds > 2) expect(halfWidth(rounds - 1)).toBeGreaterThan(1)
    }),
  )
})

it('does not depend on the unit, and falls with borrowed degrees of freedom and lower levels', () => {
  expect(roundsNeeded(0.02, 0.01)).toBe(roundsNeeded(2, 1))
  expect(roundsNeeded(1, 1, { borrowing: 3 })).toBeLessThan(roundsNeeded(1, 1))
  expect(roundsNeeded(1, 1, { level: 0.8 })).toBeLessThan(roundsNeeded(1, 1))
})

it('is two for rounds that do not vary, and infinite for the hopeless', () => {
  expect(roundsNeeded(0, 0.01)).toBe(2)
  expect(roundsNeeded(1e6, 1)).toBe(Infinity)
  expect(roundsNeeded(Infinity, 1)).toBe(Infinity)
})

it('refuses half-widths and deviations that cannot be', () => {
  expect(() => roundsNeeded(1, 0)).toThrow(RangeError)
  expect(() => roundsNeeded(Number.NaN, 1)).toThrow(RangeError)
})
