import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { moderateVariances, type VarianceEstimate } from './moderated-variance.ts'

const cellsOf = (variances: readonly number[], degreesOfFreedom: number): VarianceEstimate[] =>
  variances.map((variance) => ({ variance, degreesOfFreedom }))

/** A prior of 4 degrees of freedom by construction: half the log variances this far above the middle, half below. */
function cellsWithPriorOfFour(count: number): VarianceEstimate[] {
  const spread = 2 * (Math.PI ** 2 / 6 - 1) // trigamma(4 / 2), once for the prior and once for the cells' own 4
  const distance = Math.sqrt((spread * (count - 1)) / count)
  return cellsOf(
    Array.from({ length: count }, (_, index) => 0.09 * Math.exp(index % 2 === 0 ? distance : -distance)),
    4,
  )
}

describe('with variances lowered too, as published', () => {
  it('finds the prior that was built in, and meets each cell half way when both weigh the same', () => {
    const cells = cellsWithPriorOfFour(6)
    const { prior, cells: moderated } = moderateVariances(cells, { raiseOnly: false })
    expect(prior!.degreesOfFreedom).toBeCloseTo(4, 10)
    expect(prior!.variance).toBeCloseTo(0.09, 12)
    moderated.forEach(({ variance, degreesOfFreedom }, index) => {
      expect(variance).toBeCloseTo((0.09 + cells[index]!.variance) / 2, 12)
      expect(degreesOfFreedom).toBeCloseTo(8, 10)
    })
  })

  it('finds the prior of simulated cells with unequal degrees of freedom', () => {
    const random = seededRandom(3)
    const meanSquare = (count: number) =>
      Array.from({ length: count }, () => random.normal() ** 2 / count).reduce((a, b) => a + b)
    const cells = Array.from({ length: 4000 }, (_, index) => {
      const degreesOfFreedom = 3 + (index % 6)
      return { variance: (0.04 * meanSquare(degreesOfFreedom)) / meanSquare(10), degreesOfFreedom }
    })
    const { prior } = moderateVariances(cells)
    expect(prior!.degreesOfFreedom).toBeGreaterThan(8.5)
    expect(prior!.degreesOfFreedom).toBeLessThan(11.5)
    expect(prior!.variance).toBeCloseTo(0.04, 2)
  })

  it('takes cells to be alike when their variances differ no more than chance allows', () => {
    const { prior, cells } = moderateVariances(cellsOf([2, 2.1, 1.9, 2, 2.05], 5), { raiseOnly: false })
    expect(prior!.degreesOfFreedom).toBe(Infinity)
    expect(cells.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual([15, 15, 15, 15, 15])
    const uncapped = moderateVariances(cellsOf([2, 2.1, 1.9, 2, 2.05], 5), { raiseOnly: false, borrowingCap: Infinity })
    expect(uncapped.cells[0]).toEqual(prior)
  })
})

describe('by default', () => {
  it('knows what to do with the smallest variance there is', () => {
    const { cells } = moderateVariances(cellsOf([0, 0, 0, Number.MIN_VALUE], 1))
    for (const { variance } of cells) expect(variance).toBeGreaterThanOrEqual(0)
  })

  it('raises a luckily small variance and keeps a large one', () => {
    const cells = cellsWithPriorOfFour(6)
    const [large, small] = moderateVariances(cells).cells
    expect(large!.variance).toBe(cells[0]!.variance)
    expect(small!.variance).toBeCloseTo((0.09 + cells[1]!.variance) / 2, 12)
  })

  it('never believes the others more than twice as much as the cell itself', () => {
    const { prior, cells } = moderateVariances(cellsOf([3, 3, 3, 2.9], 5))
    expect(cells[3]!.variance).toBeCloseTo((2 * prior!.variance + 2.9) / 3, 12)
    expect(cells[3]!.degreesOfFreedom).toBe(15)
  })

  it('leaves fewer than four cells as they are', () => {
    const cells = cellsOf([1, 2, 3], 5)
    expect(moderateVariances(cells)).toEqual({ cells, prior: null })
    expect(moderateVariances([])).toEqual({ cells: [], prior: null })
    expect(moderateVariances(cellsOf([7], 5), { minimumCells: 1 }).prior).toBeNull()
  })

  it('passes over cells without degrees of freedom', () => {
    const unknown = { variance: Number.NaN, degreesOfFreedom: 0 }
    const { cells, prior } = moderateVariances([unknown, ...cellsWithPriorOfFour(6)])
    expect(cells[0]).toEqual(unknown)
    expect(prior!.variance).toBeCloseTo(0.09, 12)
  })

  it('survives variances of zero: some, most or all', () => {
    for (const variances of [
      [0, 1, 2, 3],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ]) {
      for (const { variance, degreesOfFreedom } of moderateVariances(cellsOf(variances, 5)).cells) {
        expect(Number.isFinite(variance) && degreesOfFreedom >= 5).toBe(true)
      }
    }
    expect(moderateVariances(cellsOf([0, 0, 0, 0], 5)).prior).toBeNull()
  })
})

describe('any cells', () => {
  const anyCells = fc.array(
    fc.record({ variance: fc.double({ min: 1e-6, max: 1e3, noNaN: true }), degreesOfFreedom: fc.integer({ min: 1, max: 23 }) }),
    { minLength: 4, maxLength: 20 },
  )

  it('keep their order and scale, and gain degrees of freedom up to threefold', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const moderated = moderateVariances(cells).cells
        const reversed = moderateVariances(cells.toReversed()).cells.toReversed()
        const scaled = moderateVariances(cells.map((cell) => ({ ...cell, variance: 8 * cell.variance }))).cells
        moderated.forEach(({ variance, degreesOfFreedom }, index) => {
          const own = cells[index]!
          expect(variance).toBeGreaterThanOrEqual(own.variance)
          expect(degreesOfFreedom).toBeGreaterThanOrEqual(own.degreesOfFreedom)
          expect(degreesOfFreedom).toBeLessThanOrEqual(3 * own.degreesOfFreedom)
          expect(reversed[index]!.variance / variance).toBeCloseTo(1, 6)
          expect(scaled[index]!.variance / variance).toBeCloseTo(8, 6)
        })
      }),
    )
  })
})
