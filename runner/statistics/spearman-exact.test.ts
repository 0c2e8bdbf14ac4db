import { describe, expect, it } from 'vitest'
import { exactSpearmanP } from './spearman-exact.ts'

const coefficientOf = (sum: number, pairs: number) => 1 - (6 * sum) / (pairs * (pairs ** 2 - 1))

/** Every order of 0 to n - 1. */
function orders(n: number): number[][] {
  if (n === 0) return [[]]
  return orders(n - 1).flatMap((order) =>
    order
      .concat()
      .map((_, at) => at)
      .concat(n - 1)
      .map((at) => order.toSpliced(at, 0, n - 1)),
  )
}

describe('exactSpearmanP', () => {
  it('meets the published tails: 1/24 of 4 pairs, 12/720 of 6 at 0.886, 1/5040 of 7, one-sided', () => {
    expect(exactSpearmanP(1, 4)).toBeCloseTo(2 / 24, 12)
    expect(exactSpearmanP(coefficientOf(4, 6), 6)).toBeCloseTo(2 * (12 / 720), 12)
    expect(exactSpearmanP(-1, 7)).toBeCloseTo(2 / 5040, 12)
  })

  it('agrees with counting all orders of six', () => {
    const sums = orders(6).map((order) => order.reduce((sum, rank, place) => sum + (rank - place) ** 2, 0))
    expect(sums).toHaveLength(720)
    for (const sum of new Set(sums)) {
      const coefficient = coefficientOf(sum, 6)
      const asFar = sums.filter((other) => Math.abs(coefficientOf(other, 6)) >= Math.abs(coefficient) - 1e-12).length / 720
      expect(exactSpearmanP(coefficient, 6)).toBeCloseTo(asFar, 12)
    }
  })

  it('refuses what it would not finish', () => {
    expect(() => exactSpearmanP(0, 13)).toThrow(RangeError)
    expect(() => exactSpearmanP(0, 1)).toThrow(RangeError)
  })
})
