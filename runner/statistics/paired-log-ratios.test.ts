import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { mean, trimmedLogRatio } from './summary.ts'

const cost = fc.double({ min: 1, max: 1000, noNaN: true })
const blocks = fc.array(fc.tuple(cost, cost, cost), { minLength: 1, maxLength: 30 })
const column = (rows: readonly (readonly number[])[], index: number) => rows.map((row) => row[index]!)

describe('trimmedLogRatio', () => {
  it('finds the ratio under whatever the blocks have in common, and drops spikes', () => {
    const baseline = [10, 20, 15, 40, 12]
    const costs = baseline.map((value, block) => (block === 3 ? 9000 : 1.25 * value))
    expect(trimmedLogRatio(costs, [baseline])).toBeCloseTo(Math.log(1.25), 12)
  })

  it('averages the copies after pairing and trimming each', () => {
    expect(
      trimmedLogRatio(
        [20, 20],
        [
          [10, 10],
          [5, 5],
        ],
      ),
    ).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 12)
    expect(trimmedLogRatio([10, 20], [[10, 10]])).toBeCloseTo(Math.log(2) / 2, 12)
  })

  it('leaves out pairs with a missing slice; without any pair the round is missing', () => {
    expect(trimmedLogRatio([20, Number.NaN, 30], [[10, 10, Number.NaN]])).toBeCloseTo(Math.log(2), 12)
    expect(trimmedLogRatio([20, Number.NaN], [[Number.NaN, 10]])).toBeNaN()
    expect(trimmedLogRatio([20], [[10], [Number.NaN]])).toBeNaN()
    expect(trimmedLogRatio([], [[]])).toBeNaN()
  })

  it('refuses costs that no server can have, and blocks that do not match', () => {
    expect(() => trimmedLogRatio([0], [[1]])).toThrow('a cost must be a finite number above zero, not 0')
    expect(() => trimmedLogRatio([1], [[-1]])).toThrow(RangeError)
    expect(() => trimmedLogRatio([1], [[Infinity]])).toThrow(RangeError)
    expect(() => trimmedLogRatio([1, 2], [[1]])).toThrow('blocks must match: 2 of the cell, 1 of the baseline')
    expect(() => trimmedLogRatio([1], [])).toThrow('a comparison needs at least one copy of the baseline')
  })

  it('turns its sign with the roles, ignores units and the order of blocks', () => {
    fc.assert(
      fc.property(blocks, (rows) => {
        const [one, other, third] = [column(rows, 0), column(rows, 1), column(rows, 2)]
        const ratio = trimmedLogRatio(one, [other, third])
        expect(trimmedLogRatio(other, [one])).toBeCloseTo(-trimmedLogRatio(one, [other]), 10)
        expect(
          trimmedLogRatio(
            one.map((value) => 7 * value),
            [other, third],
          ),
        ).toBeCloseTo(ratio + Math.log(7), 10)
        expect(trimmedLogRatio(one.toReversed(), [third.toReversed(), other.toReversed()])).toBeCloseTo(ratio, 10)
      }),
    )
  })

  it('finds no difference between equal servers, however skewed their noise and however many copies', () => {
    const random = seededRandom(5)
    const slices = () =>
      Array.from({ length: 20 }, () =>
        Math.exp(0.02 * random.normal() + (random.uniform() < 0.1 ? 0.1 + 0.3 * random.uniform() : 0)),
      )
    const rounds = Array.from({ length: 4000 }, () => trimmedLogRatio(slices(), [slices(), slices()]))
    expect(Math.abs(mean(rounds))).toBeLessThan(0.0005)
  })
})
