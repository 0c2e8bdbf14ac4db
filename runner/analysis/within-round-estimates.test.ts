import { describe, expect, it } from 'vitest'
import { cellRound, roundAnalysis } from '../fixtures/cell-round.ts'
import { cellSeries } from './estimates.ts'
import { estimateChanges, estimatePosition } from './within-round-estimates.ts'

describe('estimateChanges', () => {
  const series = (byApp: Record<string, readonly (number | null)[]>) =>
    cellSeries(
      [0, 1, 2].map((index) =>
        roundAnalysis(index + 1, {
          cells: Object.entries(byApp).map(([app, drifts]) => cellRound(index + 1, app, 0, { drift: drifts[index]! })),
        }),
      ),
    )

  it('is a t interval in percent, at a level that the cells share', () => {
    const cells = series({ raw: [0, 0.01, -0.01], koa: [-0.02, -0.03, -0.04] })
    const koa = estimateChanges(cells, 'drift').get(cells[1]!)!
    // Two cells share 5 %; mean -0.03, standard deviation 0.01, t(0.9875, 2) = 6.205347.
    const half = (6.205347 * 1) / Math.sqrt(3)
    expect(koa.level).toBeCloseTo(0.975, 12)
    expect(koa.value).toBeCloseTo(-3, 10)
    expect(koa.low).toBeCloseTo(-3 - half, 5)
    expect(koa.high).toBeCloseTo(-3 + half, 5)
  })

  it('has no interval for one round, and nothing for a cell that never had blocks enough', () => {
    const cells = series({ raw: [null, 0.01, null], koa: [null, null, null] })
    const drifts = estimateChanges(cells, 'drift')
    expect(drifts.get(cells[0]!)).toMatchObject({ value: 1, low: null, high: null })
    expect(drifts.has(cells[1]!)).toBe(false)
    expect(estimateChanges([], 'drift').size).toBe(0)
  })
})

describe('estimatePosition', () => {
  it('is a t interval over the rounds at 99 %, as a ratio', () => {
    const rounds = [0.01, 0.02, 0.03].map((positionEffect, index) => roundAnalysis(index + 1, { positionEffect }))
    // Mean 0.02, standard deviation 0.01, t(0.995, 2) = 9.924843.
    const estimate = estimatePosition(rounds)!
    expect(estimate.level).toBe(0.99)
    expect(estimate.value).toBeCloseTo(Math.exp(0.02), 12)
    expect(estimate.high).toBeCloseTo(Math.exp(0.02 + (9.924843 * 0.01) / Math.sqrt(3)), 7)
  })

  it('is not known when no round knows it', () => {
    expect(estimatePosition([roundAnalysis(1)])).toBeNull()
    expect(estimatePosition([])).toBeNull()
  })
})
