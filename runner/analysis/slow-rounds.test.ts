import { describe, expect, it } from 'vitest'
import { cellRound, roundAnalysis } from '../fixtures/cell-round.ts'
import { seededRandom } from '../fixtures/seeded-random.ts'
import { mean } from '../statistics/summary.ts'
import { cellSeries } from './estimates.ts'
import type { RoundAnalysis } from './round-analysis.ts'
import { slowdowns, splitSlow } from './slow-rounds.ts'

/** Log costs by round and app. */
function rounds(
  table: readonly Record<string, number>[],
  laneOf = (_index: number): number | undefined => undefined,
): RoundAnalysis[] {
  return table.map((costs, index) => {
    const cells = Object.entries(costs).map(([app, log]) => {
      const cell = cellRound(index + 1, app, log)
      return { ...cell, value: { ...cell.value, lane: laneOf(index) } }
    })
    return roundAnalysis(index + 1, { cells })
  })
}

const numbers = (found: readonly { round: number }[]) => found.map(({ round }) => round)
const fast = { raw: 0, koa: 0.3 }
const slow = { raw: 0.3, koa: 0.7 }

describe('slow rounds', () => {
  it('are those in which every app is slow, by what the least affected one costs more', () => {
    const { counting, slow: found } = splitSlow(rounds([fast, slow, fast, fast, slow]))
    expect(numbers(counting)).toEqual([1, 3, 4])
    expect(found.map(({ round, slowdown }) => [round, Math.log(slowdown)])).toEqual([
      [2, expect.closeTo(0.3, 10)],
      [5, expect.closeTo(0.3, 10)],
    ])
  })

  it('are not made by one app, be it the baseline', () => {
    const table = [fast, { raw: 0.5, koa: 0.3 }, { raw: 0, koa: 0.9 }, fast, { raw: 0.15, koa: 0.45 }]
    expect(splitSlow(rounds(table))).toMatchObject({ counting: { length: 5 }, slow: [] })
  })

  it('count where too few others are left', () => {
    const { counting, slow: found } = splitSlow(rounds([fast, slow, slow, fast, slow]))
    expect(numbers(counting)).toEqual([1, 2, 3, 4, 5])
    expect(numbers(found)).toEqual([2, 3, 5])
  })

  it('are found among rounds of the same lane, whose CPUs may be slower', () => {
    expect(splitSlow(rounds([fast, slow, fast, slow, fast, slow], (index) => index % 2)).slow).toEqual([])
  })

  it('are judged by apps that every round has', () => {
    const table = [fast, { ...slow, failed: 2 }, fast, fast]
    expect(numbers(splitSlow(rounds(table)).slow)).toEqual([2])
    expect(slowdowns(rounds([{ raw: 0 }, { koa: 0 }]))).toEqual([])
    expect(splitSlow([])).toEqual({ counting: [], slow: [] })
  })

  it('do not move a ratio that does not depend on the speed, and give one that does as it is on a fast machine', () => {
    const random = seededRandom(20_261_129)
    const means = (dependence: number) =>
      mean(
        Array.from({ length: 400 }, () => {
          const table = Array.from({ length: 9 }, () => {
            const state = random.uniform() < 0.3 ? 0.3 + 0.1 * random.normal() : 0.05 * random.normal()
            const process = () => 0.02 * random.normal()
            return { raw: state + process(), koa: 0.3 + state * (1 + dependence) + process() }
          })
          const all = rounds(table)
          const koa = cellSeries(splitSlow(all).counting).find(({ app }) => app === 'koa')!
          return mean(koa.rounds.map(({ ratio }) => Math.log(ratio)))
        }),
      )
    expect(means(0)).toBeCloseTo(0.3, 2.5)
    expect(means(0.5) - 0.3).toBeLessThan(0.02)
  })
})
