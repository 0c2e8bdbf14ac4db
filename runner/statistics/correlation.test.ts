import fc from 'fast-check'
import * as simple from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { averageRanks, exactSpearmanP, lagOneAutocorrelation, spearman } from './correlation.ts'

describe('lagOneAutocorrelation', () => {
  it('meets what is computed by hand: 1 to 5 around 3', () => {
    // Products of neighbours: (-2)(-1) + (-1)(0) + (0)(1) + (1)(2) = 4; squares: 4 + 1 + 0 + 1 + 4 = 10.
    expect(lagOneAutocorrelation([1, 2, 3, 4, 5])).toBeCloseTo(0.4, 12)
  })

  it('is negative when values take turns', () => {
    expect(lagOneAutocorrelation([1, -1, 1, -1])).toBeCloseTo(-0.75, 12)
  })

  it('sees nothing where nothing can be seen', () => {
    expect(lagOneAutocorrelation([7, 7, 7, 7])).toBe(0)
    expect(lagOneAutocorrelation([1, 2])).toBe(0)
    expect(lagOneAutocorrelation([])).toBe(0)
  })
})

describe('spearman', () => {
  it('meets the textbook example of intelligence and hours of television: -29/165, p 0.632', () => {
    const intelligence = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    const { coefficient, pValue } = spearman(intelligence, hours)
    expect(coefficient).toBeCloseTo(-29 / 165, 12)
    expect(pValue).toBeCloseTo(0.6324, 3)
  })

  it('agrees with simple-statistics where nothing is tied', () => {
    const distinct = fc.uniqueArray(fc.integer(), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(distinct, distinct, (x, y) => {
        expect(spearman(x, y).coefficient).toBeCloseTo(simple.sampleRankCorrelation(x, y), 10)
      }),
    )
  })

  it('is certain of a monotone relation of any shape, either way', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    expect(spearman(x, x.map(Math.exp))).toEqual({ coefficient: 1, pValue: 0 })
    expect(
      spearman(
        x,
        x.map((value) => -(value ** 3)),
      ),
    ).toEqual({ coefficient: -1, pValue: 0 })
  })

  it('is not certain of few pairs: 2 of 720 orders of six are perfect', () => {
    const { coefficient, pValue } = spearman([1, 2, 3, 4, 5, 6], [2, 3, 5, 7, 11, 13])
    expect(coefficient).toBeCloseTo(1, 12)
    expect(pValue).toBeCloseTo(2 / 720, 12)
  })

  it('shares ranks between ties: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4', () => {
    expect(spearman([10, 20, 20, 30], [1, 2, 3, 4]).coefficient).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12)
  })

  it('sees nothing where nothing can be seen', () => {
    expect(spearman([5, 5, 5, 5], [1, 2, 3, 4])).toEqual({ coefficient: 0, pValue: 1 })
    expect(spearman([1, 2], [1, 2])).toEqual({ coefficient: 0, pValue: 1 })
    expect(spearman([], [])).toEqual({ coefficient: 0, pValue: 1 })
    expect(() => spearman([1], [])).toThrow(RangeError)
  })
})

describe('averageRanks', () => {
  it('start at 1 and add up to n (n + 1) / 2 whatever is tied', () => {
    expect(averageRanks([30, 10, 20, 10])).toEqual([4, 1.5, 3, 1.5])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (values) => {
        expect(averageRanks(values).reduce((total, rank) => total + rank, 0)).toBe((values.length * (values.length + 1)) / 2)
      }),
    )
  })
})

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
