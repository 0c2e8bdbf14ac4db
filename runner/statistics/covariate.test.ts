import { linearRegression } from 'simple-statistics'
import { describe, expect, it } from 'vitest'
import { varianceAround } from './covariate.ts'
import { estimateMeans } from './estimate.ts'
import { rankWithTies } from './ranks.ts'
import { seededRandom } from './simulation/seeded-random.ts'
import { mean, variance } from './summary.ts'

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
