import { describe, expect, it } from 'vitest'
import { goodCell } from '../../fixtures/good-cell.ts'
import { seededRandom } from '../../fixtures/seeded-random.ts'
import type { Finding, RoundValue } from '../../result/model.ts'
import type { CellFacts } from './finding.ts'
import { checkLanesAgree } from './lanes.ts'

/** A cell with these log ratios by round, measured in turns in so many lanes. */
function cell(logRatios: readonly number[], lanes: number, covariate: readonly number[] | null = null): CellFacts {
  const perRound = logRatios.map(
    (log, index): RoundValue => ({
      ...{ round: index + 1, lane: index % lanes, blocks: 40, ratio: Math.exp(log), costMicroseconds: 10 },
      ...{ overheadMicroseconds: 1, requestsPerSecond: 1e5, cpuDistanceNanoseconds: null },
      ...{ typicalCostMicroseconds: null, typicalRatio: null, lateMicroseconds: null },
    }),
  )
  return goodCell({ covariate, figures: { perRound } })
}

const { normal } = seededRandom(21)
/** Rounds of a cell. @param shift of the last lane, as a log */
const drawn = (rounds: number, lanes: number, shift = 0, deviation = 0.015) =>
  Array.from({ length: rounds }, (_, index) => 0.4 + deviation * normal() + (index % lanes === lanes - 1 ? shift : 0))
/** Sixteen cells, half of whose noise is that of their round's processes; only the first one differs by lane. */
function run(rounds: number, lanes: number, shift = 0): CellFacts[] {
  const common = drawn(rounds, 1)
  return Array.from({ length: 16 }, (_, index) => {
    const own = drawn(rounds, lanes, index === 0 ? shift * Math.SQRT2 : 0)
    const both = own.map((log, round) => (log + common[round]!) / Math.SQRT2)
    return cell(both, lanes)
  })
}
const share = (runs: number, once: () => boolean) => Array.from({ length: runs }, once).filter(Boolean).length / runs
const isAlarmed = (cells: readonly CellFacts[]) => checkLanesAgree(cells).some(Boolean)

describe('lanes that disagree', () => {
  it('are named with what each of them says', () => {
    const [found, other] = checkLanesAgree([cell(drawn(12, 2, 0.08), 2), cell(drawn(12, 2), 2)])
    expect(found).toMatchObject({ code: 'lanes-disagree', severity: 'suspect', facts: { lane: 2 } })
    expect((found as Finding).message).toMatch(
      /^in lane 2 the ratio is 1\.\d{3}, in the others 1\.\d{3} \(\+\d\.\d %, p (0|below)/,
    )
    expect(other).toBeNull()
  })

  it('are named by the one that differs where there are three', () => {
    const [found] = checkLanesAgree([cell(drawn(15, 3, -0.1), 3)])
    expect(found).toMatchObject({ facts: { lane: 3 } })
  })

  it('are none where there is one lane, or a lane with two rounds', () => {
    expect(checkLanesAgree([cell(drawn(12, 1), 1)])).toEqual([null])
    expect(checkLanesAgree([cell(drawn(5, 2, 0.5), 2)])).toEqual([null])
    expect(checkLanesAgree([])).toEqual([])
  })

  it('are none where the distance of their CPUs explains it', () => {
    const logs = drawn(14, 2, 0.08, 0.003)
    // Each lane has been near and far.
    const distances = logs.map((_, index) => (index % 2 === 1 ? 350 : 110) + (index % 3))
    expect(checkLanesAgree([cell(logs, 2)])).not.toEqual([null])
    expect(checkLanesAgree([cell(logs, 2, distances)])).toEqual([null])
  })

  it.each([
    [6, 2],
    [12, 2],
    [16, 4],
  ])('are found by chance in few clean runs, five of a hundred at most: %i rounds in %i lanes', (rounds, lanes) => {
    expect(share(200, () => isAlarmed(run(rounds, lanes)))).toBeLessThanOrEqual(0.05)
  })

  it('are found when a cell differs by 5 % in twelve rounds that spread by 1.5 %', () => {
    expect(share(50, () => isAlarmed(run(12, 2, 0.05)))).toBeGreaterThan(0.8)
    expect(share(50, () => isAlarmed(run(24, 2, 0.03)))).toBeGreaterThan(0.7)
  })
})
