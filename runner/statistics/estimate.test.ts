import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { differenceOfMeans, estimateMeans, exponentiate, type MeanEstimate, relativeHalfWidth } from './estimate.ts'

describe('estimateMeans', () => {
  it('is the ordinary t interval for one cell', () => {
    const [estimate] = estimateMeans([[1, 2, 3, 4, 5]])
    expect(estimate!.value).toBe(3)
    expect(estimate!.standardError).toBeCloseTo(Math.sqrt(0.5), 12)
    expect(estimate!.halfWidth).toBeCloseTo(2.776445105197793 * Math.sqrt(0.5), 10)
    expect(estimate!.low).toBeCloseTo(3 - estimate!.halfWidth, 12)
    expect(estimate!.high).toBeCloseTo(3 + estimate!.halfWidth, 12)
    expect(estimate!.pValue).toBeCloseTo(1 - (12 / 11) * Math.sqrt(9 / 11), 12) // closed form: t² is 18 with 4 degrees of freedom
    expect(estimate).toMatchObject({ level: 0.95, degreesOfFreedom: 4, rounds: 5 })
  })

  it('lends degrees of freedom between cells of one kind', () => {
    const cells = [0, 1, 2, 3].map((shift) => [1.01, 0.99, 1.02, 0.98, 1, 1.005].map((value) => value + shift))
    for (const estimate of estimateMeans(cells)) expect(estimate.degreesOfFreedom).toBe(15)
    for (const estimate of estimateMeans(cells, { moderation: { minimumCells: Infinity } })) {
      expect(estimate.degreesOfFreedom).toBe(5)
    }
  })

  it('knows no width with fewer than two rounds, and no value with none', () => {
    const [one, none] = estimateMeans([[0.3], []])
    expect(one).toMatchObject({ value: 0.3, low: -Infinity, high: Infinity, halfWidth: Infinity, rounds: 1, pValue: 1 })
    expect(none).toMatchObject({ value: Number.NaN, low: -Infinity, high: Infinity, halfWidth: Infinity, rounds: 0, pValue: 1 })
    expect(estimateMeans([])).toEqual([])
  })

  it('leaves out missing rounds and refuses infinite ones', () => {
    expect(estimateMeans([[1, Number.NaN, 2, 4]])).toEqual(estimateMeans([[1, 2, 4]]))
    expect(() => estimateMeans([[1, Infinity]])).toThrow('a round value must be finite, not Infinity')
  })

  it('has no width when all rounds are equal, and is certain unless they are zero', () => {
    expect(estimateMeans([[0.1, 0.1, 0.1]])[0]).toMatchObject({ value: 0.1, low: 0.1, high: 0.1, pValue: 0 })
    expect(estimateMeans([[0, 0, 0]])[0]).toMatchObject({ value: 0, low: 0, high: 0, pValue: 1 })
  })

  it('does not depend on the order of rounds, follows their scale, and widens with the level', () => {
    // In steps: the square of a number near the smallest there are is 0, and has another scale.
    const value = fc.integer({ min: -1e6, max: 1e6 }).map((millionths) => millionths / 1e6)
    const column = fc.array(value, { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 6 }), (columns) => {
        const plain = estimateMeans(columns)
        const reversed = estimateMeans(columns.map((values) => values.toReversed()))
        const scaled = estimateMeans(columns.map((values) => values.map((value) => 4 * value)))
        const wider = estimateMeans(columns, { level: 0.99 })
        plain.forEach(({ value, halfWidth }, index) => {
          expect(reversed[index]!.halfWidth).toBeCloseTo(halfWidth, 8)
          expect(scaled[index]!.value).toBeCloseTo(4 * value, 8)
          expect(scaled[index]!.halfWidth).toBeCloseTo(4 * halfWidth, 6)
          expect(wider[index]!.halfWidth).toBeGreaterThanOrEqual(halfWidth)
        })
      }),
    )
  })
})

describe('exponentiate', () => {
  it('turns logs into ratios', () => {
    const estimate = exponentiate({ value: Math.log(1.25), low: Math.log(1.2), high: Math.log(1.3), level: 0.95 })
    expect(estimate.value).toBeCloseTo(1.25, 12)
    expect(estimate.low).toBeCloseTo(1.2, 12)
    expect(estimate.high).toBeCloseTo(1.3, 12)
    expect(exponentiate({ value: 0, low: -Infinity, high: Infinity, level: 0.95 })).toEqual({
      value: 1,
      low: 0,
      high: Infinity,
      level: 0.95,
    })
  })
})

describe('relativeHalfWidth', () => {
  it('is the longer arm as a share of the value', () => {
    expect(relativeHalfWidth({ value: 200, low: 190, high: 212, level: 0.95 })).toBeCloseTo(0.06, 12)
    const ratio = exponentiate({ value: 0.4, low: 0.39, high: 0.41, level: 0.95 })
    expect(relativeHalfWidth(ratio)).toBeCloseTo(Math.expm1(0.01), 12)
    expect(relativeHalfWidth({ value: 1, low: 0, high: Infinity, level: 0.95 })).toBe(Infinity)
  })
})

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
