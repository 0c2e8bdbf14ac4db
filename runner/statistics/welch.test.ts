import { describe, expect, it } from 'vitest'
import { estimateMeans, type MeanEstimate } from './estimate.ts'
import { seededRandom } from './simulation/seeded-random.ts'
import { differenceOfMeans } from './welch.ts'

const meanOf = (values: readonly number[]): MeanEstimate => estimateMeans([values])[0]!

describe('differenceOfMeans', () => {
  it('agrees with scipy 1.17, ttest_ind(equal_var=False), on samples with unequal variances', () => {
    const first = meanOf([27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4])
    const second = meanOf([27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4])
    const difference = differenceOfMeans(first, second)
    expect(difference.value / difference.standardError).toBeCloseTo(-2.45535639828601, 9)
    expect(difference.degreesOfFreedom).toBeCloseTo(24.98852929023142, 9)
    expect(difference.pValue).toBeCloseTo(0.021378001462866992, 9)
    expect(difference.low).toBeCloseTo(-3.984096267140929, 9)
    expect(difference.high).toBeCloseTo(-0.3492370661924069, 9)
  })

  it('turns around with its sides', () => {
    const [one, other] = [meanOf([1, 2, 4]), meanOf([5, 5.5, 9, 7])]
    const [there, back] = [differenceOfMeans(one, other), differenceOfMeans(other, one)]
    expect(back.value).toBe(-there.value)
    expect(back.high).toBe(-there.low)
    expect(back.pValue).toBe(there.pValue)
  })

  it('takes the degrees of freedom each side has, moderated ones too', () => {
    const side = (degreesOfFreedom: number): MeanEstimate => ({ ...meanOf([1, 2, 3]), standardError: 0.5, degreesOfFreedom })
    // Equal errors: (2 s²)² / (s⁴/6 + s⁴/12) is 16.
    expect(differenceOfMeans(side(6), side(12)).degreesOfFreedom).toBeCloseTo(16, 12)
  })

  it('knows no width when a side has none', () => {
    expect(differenceOfMeans(meanOf([3]), meanOf([1, 2]))).toMatchObject({
      value: 1.5,
      low: -Infinity,
      high: Infinity,
      pValue: 1,
    })
  })

  it('has no width when neither side has any spread', () => {
    expect(differenceOfMeans(meanOf([3, 3]), meanOf([1, 1, 1]))).toMatchObject({ value: 2, low: 2, high: 2, pValue: 0 })
    expect(differenceOfMeans(meanOf([1, 1]), meanOf([1, 1, 1]))).toMatchObject({ value: 0, pValue: 1 })
  })

  it.each([
    [4, 12, 1, 1],
    [4, 12, 1, 3],
    [4, 12, 3, 1],
    [6, 6, 1, 4],
  ])('holds the truth as often as it says: %i and %i rounds, deviations %d and %d', (n, m, deviation, other) => {
    const random = seededRandom(n * 1000 + m * 10 + deviation)
    const sample = (size: number, scale: number) => meanOf(Array.from({ length: size }, () => scale * random.normal()))
    const runs = 1500
    let held = 0
    for (let run = 0; run < runs; run++) {
      const { low, high } = differenceOfMeans(sample(n, deviation), sample(m, other))
      if (low <= 0 && high >= 0) held++
    }
    expect(held / runs).toBeGreaterThan(0.93)
    expect(held / runs).toBeLessThan(0.97)
  })
})
