import { describe, expect, it } from 'vitest'
import { goodCell } from '../fixtures/good-cell.ts'
import type { Cell, MeasuredCell } from '../result.ts'
import { plantedCells } from './planted-cells.ts'

/** A cell with these µs over the baseline, by round from 1 on; `null`: the round is missing. */
function cell(app: string, overheads: readonly (number | null)[]): MeasuredCell {
  const perRound = overheads.flatMap((overheadMicroseconds, index) =>
    overheadMicroseconds === null
      ? []
      : [
          {
            ...{ round: index + 1, blocks: 8, costMicroseconds: 20, ratio: 1.5, requestsPerSecond: 5e4 },
            overheadMicroseconds,
            cpuDistanceNanoseconds: null,
          },
        ],
  )
  const { figures } = goodCell({ figures: { app, perRound } })
  return { ...figures, verdict: 'valid', findings: [], rank: null, apartFrom: null } as MeasuredCell
}

const PLANTED = new Map([
  ['koa+0us', 0],
  ['koa+1us', 1],
  ['koa+5us', 5],
])

describe('plantedCells', () => {
  it('takes the wrapper off round by round, and gives the difference a t interval', () => {
    const cells = [cell('koa', [0, 0, 0]), cell('koa+0us', [0.2, 0.6, 0.4]), cell('koa+1us', [1.1, 1.7, 1.4])]
    const [wrapper, one, ...others] = plantedCells({ cells }, PLANTED)
    expect(others).toEqual([])
    expect(wrapper).toEqual({
      plantedMicroseconds: 0,
      overheadMicroseconds: cells[1]!.overheadMicroseconds,
      overWrapperMicroseconds: null,
    })
    expect(one).toMatchObject({ plantedMicroseconds: 1, overheadMicroseconds: cells[2]!.overheadMicroseconds })
    // Differences 0.9, 1.1, 1.0: mean 1, standard deviation 0.1, t(0.975; 2) = 4.302653.
    const { value, low, high, level } = one!.overWrapperMicroseconds!
    expect(value).toBeCloseTo(1, 12)
    expect(value - low!).toBeCloseTo((4.302653 * 0.1) / Math.sqrt(3), 6)
    expect(high! - value).toBeCloseTo((4.302653 * 0.1) / Math.sqrt(3), 6)
    expect(level).toBe(0.95)
  })

  it('compares only rounds that both have', () => {
    const cells = [cell('koa+0us', [1, null, 3, 5]), cell('koa+5us', [6, 100, 8, null])]
    const { value, low } = plantedCells({ cells }, PLANTED)[1]!.overWrapperMicroseconds!
    expect([value, low]).toEqual([5, 5])
  })

  it('knows no interval from one round, and nothing without a wrapper', () => {
    const single = [cell('koa+0us', [1]), cell('koa+1us', [2.5])]
    expect(plantedCells({ cells: single }, PLANTED)[1]!.overWrapperMicroseconds).toMatchObject({
      value: 1.5,
      low: null,
      high: null,
    })
    expect(plantedCells({ cells: single.slice(1) }, PLANTED)[0]!.overWrapperMicroseconds).toBeNull()
    const apart = [cell('koa+0us', [1, null]), cell('koa+1us', [null, 2])]
    expect(plantedCells({ cells: apart }, PLANTED)[1]!.overWrapperMicroseconds).toBeNull()
  })

  it('leaves out what failed', () => {
    const failed = { ...cell('koa+1us', []), state: 'failed', reason: 'it died', lastLines: [] } as Cell
    expect(plantedCells({ cells: [cell('koa+0us', [1, 2]), failed] }, PLANTED)).toHaveLength(1)
  })
})
