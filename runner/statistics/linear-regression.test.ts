import fc from 'fast-check'
import * as simple from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { leastSquaresLine } from './linear-regression.ts'
import { seededRandom } from './simulation/seeded-random.ts'

describe('leastSquaresLine', () => {
  it("meets Anscombe's first data set: y = 3.0001 + 0.50009 x, p 0.00217", () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    const line = leastSquaresLine(x, y)
    expect(line.slope).toBeCloseTo(0.50009, 5)
    expect(line.at(0)).toBeCloseTo(3.00009, 5)
    expect(line.pValue).toBeCloseTo(0.00217, 5)
  })

  it('agrees with simple-statistics', () => {
    const point = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }))
    fc.assert(
      fc.property(fc.uniqueArray(point, { selector: ([x]) => x, minLength: 3, maxLength: 20 }), (points) => {
        const expected = simple.linearRegression(points)
        const line = leastSquaresLine(
          points.map(([x]) => x),
          points.map(([, y]) => y),
        )
        expect(line.slope).toBeCloseTo(expected.m, 6)
        expect(line.at(0)).toBeCloseTo(expected.b, 4)
      }),
    )
  })

  it('is certain of points on a line', () => {
    expect(leastSquaresLine([1, 2, 3], [2, 4, 6])).toMatchObject({ slope: 2, pValue: 0 })
  })

  it('sees a slope where there is none in one of twenty samples', () => {
    const { normal } = seededRandom(7)
    const x = Array.from({ length: 12 }, (_, index) => index)
    const alarms = Array.from({ length: 2000 }, () => leastSquaresLine(x, x.map(normal))).filter(({ pValue }) => pValue < 0.05)
    expect(Math.abs(alarms.length / 2000 - 0.05)).toBeLessThan(0.015)
  })

  it('sees nothing where nothing can be seen', () => {
    expect(leastSquaresLine([1, 2], [1, 9])).toMatchObject({ slope: 0, pValue: 1 })
    const flat = leastSquaresLine([5, 5, 5, 5], [1, 2, 3, 6])
    expect([flat.slope, flat.pValue, flat.at(9)]).toEqual([0, 1, 3])
    expect(leastSquaresLine([1, 2, 3], [4, 4, 4])).toMatchObject({ slope: 0, pValue: 1 })
    expect(() => leastSquaresLine([], [])).toThrow(RangeError)
    expect(() => leastSquaresLine([1], [])).toThrow(RangeError)
  })
})
