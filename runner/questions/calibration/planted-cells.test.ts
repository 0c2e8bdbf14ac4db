import { describe, expect, it } from 'vitest'
import { goodCell } from '../../fixtures/good-cell.ts'
import type { Cell, MeasuredCell } from '../../result/model.ts'
import type { RoundTiming } from './known-work.ts'
import { plantedCells } from './planted.ts'

/** A cell with these µs over the baseline, by round from 1 on; `null`: the round is missing. */
function cell(app: string, overheads: readonly (number | null)[]): MeasuredCell {
  const perRound = overheads.flatMap((overheadMicroseconds, index) =>
    overheadMicroseconds === null
      ? []
      : [
          {
            ...{ round: index + 1, blocks: 8, costMicroseconds: 20, ratio: 1.5, requestsPerSecond: 5e4 },
            overheadMicroseconds,
            ...{ typicalCostMicroseconds: null, typicalRatio: null, lateMicroseconds: null, cpuDistanceNanoseconds: null },
          },
        ],
  )
  const { figures } = goodCell({ figures: { app, perRound } })
  return { ...figures, verdict: 'valid', findings: [], rank: null, apartFrom: null } as MeasuredCell
}

/** What an app's own clock said, nanoseconds, by round from 1 on; `null`: the process left nothing. */
function timings(meansNs: readonly (number | null)[], requestNs: ReadonlyMap<number, number> = new Map()): RoundTiming[] {
  return meansNs.flatMap((meanNs, index) =>
    meanNs === null
      ? []
      : [{ round: index + 1, value: meanNs / 1000, cpuDistanceNanoseconds: null, samples: 500, leftOut: index, requestNs }],
  )
}

const PLANTED = new Map([
  ['koa+0us', 0],
  ['koa+1us', 1],
  ['koa+5us', 5],
])
const apps = (timed = new Map<string, RoundTiming[]>()) =>
  [...PLANTED].map(([id, microseconds]) => ({ id, microseconds, timings: timed.get(id) ?? [] }))

describe('plantedCells', () => {
  it('takes the wrapper off round by round, and gives the difference a t interval', () => {
    const cells = [cell('koa', [0, 0, 0]), cell('koa+0us', [0.2, 0.6, 0.4]), cell('koa+1us', [1.1, 1.7, 1.4])]
    const [wrapper, one, ...others] = plantedCells({ cells }, apps())
    expect(others).toEqual([])
    expect(wrapper).toEqual({
      plantedMicroseconds: 0,
      overheadMicroseconds: cells[1]!.overheadMicroseconds,
      overWrapperMicroseconds: null,
      inSitu: null,
      wholeRequest: null,
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
    const { value, low } = plantedCells({ cells }, apps())[1]!.overWrapperMicroseconds!
    expect([value, low]).toEqual([5, 5])
  })

  it('knows no interval from one round, and nothing without a wrapper', () => {
    const single = [cell('koa+0us', [1]), cell('koa+1us', [2.5])]
    expect(plantedCells({ cells: single }, apps())[1]!.overWrapperMicroseconds).toMatchObject({
      value: 1.5,
      low: null,
      high: null,
    })
    expect(plantedCells({ cells: single.slice(1) }, apps())[0]!.overWrapperMicroseconds).toBeNull()
    const apart = [cell('koa+0us', [1, null]), cell('koa+1us', [null, 2])]
    expect(plantedCells({ cells: apart }, apps())[1]!.overWrapperMicroseconds).toBeNull()
  })

  it('takes the looks at the clock off what was timed in situ, and pairs it by round with what was recovered', () => {
    const cells = [cell('koa+0us', [0, 0, 0]), cell('koa+1us', [1.1, 1.3, 1.2])]
    const timed = new Map([
      ['koa+0us', timings([100, 50, 60])],
      ['koa+1us', timings([1_150, 1_150, 1_060])],
    ])
    const [wrapper, one] = plantedCells({ cells }, apps(timed))
    expect(wrapper!.inSitu).toBeNull()
    const { microseconds, recoveredLessInSitu, ...counts } = one!.inSitu!
    expect(counts).toEqual({ samples: 1_500, leftOut: 3 })
    // In situ 1.05, 1.1, 1.0; recovered less that 0.05, 0.2, 0.2: standard deviations 0.05 and 0.0866.
    expect(microseconds.value).toBeCloseTo(1.05, 12)
    expect(microseconds.high! - microseconds.value).toBeCloseTo((4.302653 * 0.05) / Math.sqrt(3), 6)
    expect(recoveredLessInSitu.value).toBeCloseTo(0.15, 12)
    expect(recoveredLessInSitu.high! - recoveredLessInSitu.value).toBeCloseTo((4.302653 * Math.sqrt(0.0075)) / Math.sqrt(3), 6)
  })

  it('pairs only rounds in which both processes were timed, and knows nothing in situ without', () => {
    const cells = [cell('koa+0us', [0, 0, 0, 0]), cell('koa+1us', [1, 2, 3, null])]
    const timed = (wrapper: (number | null)[], one: (number | null)[]) =>
      plantedCells(
        { cells },
        apps(
          new Map([
            ['koa+0us', timings(wrapper)],
            ['koa+1us', timings(one)],
          ]),
        ),
      )[1]!.inSitu
    expect(timed([0, null, 0, 0], [900, 900, 900, 900])).toMatchObject({
      microseconds: { value: 0.9, low: expect.closeTo(0.9, 9) },
      recoveredLessInSitu: { value: expect.closeTo((0.1 + 2.1) / 2, 9) },
    })
    expect(timed([0, null], [null, 900])).toBeNull()
    expect(timed([], [900, 900])).toBeNull()
  })

  it('pairs whole requests by block, trims them, and holds what was recovered against that', () => {
    const cells = [cell('koa+0us', [0, 0, 0]), cell('koa+1us', [1.4, 1.5, 1.6])]
    const byBlock = (...times: number[]) => new Map(times.map((time, block) => [block, time]))
    const timed = new Map([
      ['koa+0us', timings([100, 100, 100], byBlock(20_000, 45_000, 20_000, 20_000, 20_000, 20_000))],
      // Block 4 was lost; a fifth is trimmed at each end, and with it what was disturbed.
      ['koa+1us', timings([1_100, 1_100, 1_100], new Map([...byBlock(21_400, 46_600, 21_500, 90_000), [5, 18_000]]))],
    ])
    const { microseconds, recoveredLessInSitu } = plantedCells({ cells }, apps(timed))[1]!.wholeRequest!
    expect(microseconds.value).toBeCloseTo(1.5, 9)
    expect(recoveredLessInSitu.value).toBeCloseTo(0, 9)
    expect(recoveredLessInSitu.high).toBeCloseTo((4.302653 * 0.1) / Math.sqrt(3), 6)
    // Without a block that both have there is nothing to compare.
    const apart = new Map([
      ['koa+0us', timings([100, 100, 100], new Map([[0, 20_000]]))],
      ['koa+1us', timings([1_100, 1_100, 1_100], new Map([[1, 21_000]]))],
    ])
    expect(plantedCells({ cells }, apps(apart))[1]!.wholeRequest).toBeNull()
  })

  it('leaves out what failed', () => {
    const failed = { ...cell('koa+1us', []), state: 'failed', reason: 'it died', lastLines: [] } as Cell
    expect(plantedCells({ cells: [cell('koa+0us', [1, 2]), failed] }, apps())).toHaveLength(1)
  })
})
