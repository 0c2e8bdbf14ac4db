import fc from 'fast-check'
import * as simple from 'simple-statistics'
import { linearRegression } from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { estimateMeans } from './estimate.ts'
import { rankWithTies } from './ranks.ts'
import { leastSquares, leastSquaresLine, varianceAround } from './regression.ts'
import { mean, variance } from './summary.ts'

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

describe('leastSquares', () => {
  it('finds the line of a worked example', () => {
    // Points (1, 1), (2, 2), (3, 2): slope 1/2, constant 2/3.
    const [constant, slope] = leastSquares(
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
      [1, 2, 2],
    )!
    expect(constant).toBeCloseTo(2 / 3, 12)
    expect(slope).toBeCloseTo(1 / 2, 12)
  })

  it('finds planted coefficients again, residuals orthogonal to every column', () => {
    const rows = [
      [1, 1, 1],
      [1, 4, 4],
      [1, 4, 16],
      [1, 8, 32],
      [1, 2, 6],
    ]
    const exact = rows.map(([a, b, c]) => 0.9 * a! + 1.3 * b! + 0.8 * c!)
    expect(leastSquares(rows, exact)!.map((value) => Number(value.toFixed(9)))).toEqual([0.9, 1.3, 0.8])
    const y = exact.map((value, index) => value + [0.2, -0.1, 0.3, 0.1, -0.4][index]!)
    const found = leastSquares(rows, y)!
    const residuals = rows.map((row, index) => y[index]! - row.reduce((sum, value, place) => sum + value * found[place]!, 0))
    for (const column of [0, 1, 2]) {
      expect(residuals.reduce((sum, residual, index) => sum + residual * rows[index]![column]!, 0)).toBeCloseTo(0, 9)
    }
  })

  it('says so when the data cannot tell', () => {
    expect(leastSquares([], [])).toBeNull()
    expect(leastSquares([[1, 2]], [3])).toBeNull()
    expect(
      leastSquares(
        [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        [3, 4, 5],
      ),
    ).toBeNull()
    expect(
      leastSquares(
        [
          [1, 1, 2],
          [1, 2, 4],
          [1, 3, 6],
          [1, 4, 8],
        ],
        [1, 2, 3, 5],
      ),
    ).toBeNull()
  })

  it('refuses sides of unequal length', () => {
    expect(() => leastSquares([[1]], [1, 2])).toThrow(RangeError)
  })
})

const x = [110, 350, 110, 110, 350, 350, 110, 350, 230, 110]

describe('varianceAround', () => {
  it('is what is left around the line, by hand: y = 2x plus or minus one', () => {
    // Residuals of +1 and -1 in pairs at the same x leave the line at y = 2x; their sum of squares is 8, over 8 - 2.
    const at = [1, 1, 2, 2, 3, 3, 4, 4]
    const values = at.map((one, index) => 2 * one + (index % 2 === 0 ? 1 : -1))
    const { variance: left, degreesOfFreedom } = varianceAround(values, at)
    expect(left).toBeCloseTo(8 / 6, 12)
    expect(degreesOfFreedom).toBe(6)
  })

  it('agrees with the regression of a library', () => {
    const random = seededRandom(3)
    const values = x.map((one) => 0.4 - 0.0003 * one + 0.01 * random.normal())
    const { m, b } = linearRegression(x.map((one, index) => [one, values[index]!]))
    const squares = values.reduce((sum, y, index) => sum + (y - b - m * x[index]!) ** 2, 0)
    expect(varianceAround(values, x).variance).toBeCloseTo(squares / 8, 12)
  })

  it('is the ordinary variance without a covariate, with one that did not move, was not measured, or with few rounds', () => {
    const values = x.map((_, index) => index * index)
    const ordinary = { variance: variance(values), degreesOfFreedom: 9 }
    expect(varianceAround(values, null)).toEqual(ordinary)
    expect(
      varianceAround(
        values,
        x.map(() => 110),
      ),
    ).toEqual(ordinary)
    expect(varianceAround(values, x.with(3, Number.NaN))).toEqual(ordinary)
    expect(varianceAround(values.slice(0, 7), x.slice(0, 7)).degreesOfFreedom).toBe(6)
    expect(varianceAround(values.slice(0, 8), x.slice(0, 8)).degreesOfFreedom).toBe(6)
  })

  it('refuses a covariate of another length', () => {
    expect(() => varianceAround([1, 2, 3], [1, 2])).toThrow(RangeError)
  })
})

describe('estimates beside a covariate', () => {
  it('keep their value: that at the mean of the covariate', () => {
    const values = x.map((one, index) => one / 100 + index)
    const [plain] = estimateMeans([values])
    const [beside] = estimateMeans([values], { covariates: [x] })
    expect(beside!.value).toBe(plain!.value)
    expect(beside!.degreesOfFreedom).toBe(8)
  })

  it('leave a round out of the covariate that a cell misses', () => {
    const values = x.map((one) => one / 100).with(2, Number.NaN)
    const [estimate] = estimateMeans([values], { covariates: [x] })
    expect(estimate!.halfWidth).toBeCloseTo(0, 10)
    expect(estimate!.rounds).toBe(9)
  })

  /**
   * Runs of a machine with two states that last for some rounds. The truth of a run is the ratio at the mean distance it met. Without the
   * covariate the states are in the interval too: it covers that truth far too often, and is wide.
   */
  it.each([8, 12, 20])('cover 93 to 97 %% with %i rounds, and are half as wide as without', (rounds) => {
    const random = seededRandom(20_261_121)
    const slopes = [-0.0004, -0.0003, -0.00005, 0, 0, -0.0004, -0.0003, 0]
    let held = 0
    let widths = 0
    let plainWidths = 0
    const runs = 600
    for (let run = 0; run < runs; run++) {
      let far = random.uniform() < 0.5
      const distance = Array.from({ length: rounds }, () => {
        far = random.uniform() < 0.4 ? !far : far
        return (far ? 350 : 110) + 30 * random.normal()
      })
      const at = mean(distance)
      const columns = slopes.map((slope) => distance.map((one) => 0.5 + slope * (one - 110) + 0.012 * random.normal()))
      const estimates = estimateMeans(columns, { covariates: columns.map(() => distance) })
      const plain = estimateMeans(columns)
      for (const [cell, { low, high, halfWidth }] of estimates.entries()) {
        const truth = 0.5 + slopes[cell]! * (at - 110)
        if (low <= truth && truth <= high) held++
        if (cell < 2) {
          widths += halfWidth
          plainWidths += plain[cell]!.halfWidth
        }
      }
    }
    const share = (100 * held) / (runs * slopes.length)
    expect(share).toBeGreaterThan(93)
    expect(share).toBeLessThan(97.5)
    expect(widths / plainWidths).toBeLessThan(0.6)
  })

  it('separate two apps that the states of the machine would have hidden', () => {
    const random = seededRandom(8)
    const costs = x.map((one) =>
      [3 + one / 1000, 3.02 + one / 1000 - (one - 200) / 5000].map((cost) => cost + 0.001 * random.normal()),
    )
    const hidden = rankWithTies(costs)
    const shown = rankWithTies(costs, { covariate: x })
    expect(hidden.pairs[0]!.verdict).toBe('undecided')
    expect(shown.pairs[0]!.verdict).toBe('lower')
  })
})
