import type { Cell, MeasuredCell, Result } from '../result.ts'
import { seededRandom } from '../statistics/simulation/seeded-random.ts'
import { fixtureResult } from './fixture-result.ts'

/** The result with rounds that differ, as real ones do: normal noise on the log of every ratio but the baseline's. */
export function withNoisyRounds(result: Result, { deviation = 0.01, rounds = 8, seed = 1, shift = 0 } = {}): Result {
  const { normal } = seededRandom(seed)
  const noisy = (cell: MeasuredCell): MeasuredCell => ({
    ...cell,
    perRound: Array.from({ length: rounds }, (_, index) => {
      const isBaseline = cell.app === result.baseline
      const ratio = isBaseline ? 1 : cell.ratio.value * Math.exp(shift + deviation * normal())
      const costMicroseconds = isBaseline ? cell.cost.value : (cell.cost.value / cell.ratio.value) * ratio
      return {
        ...{ round: index + 1, blocks: 40, costMicroseconds, ratio },
        overheadMicroseconds: isBaseline ? 0 : costMicroseconds - cell.cost.value / cell.ratio.value,
        ...{ requestsPerSecond: 0.82e6 / costMicroseconds, cpuDistanceNanoseconds: null },
        ...{ typicalCostMicroseconds: null, typicalRatio: null, lateMicroseconds: null },
      }
    }),
  })
  return { ...result, rounds, cells: result.cells.map((cell): Cell => (cell.state === 'measured' ? noisy(cell) : cell)) }
}

/** A run of so many apps on two endpoints, all measured; names are as long as names get. */
export function crowdedResult(apps: number): Result {
  const base = fixtureResult()
  const ids = Array.from({ length: apps }, (_, index) => (index === 0 ? base.baseline : `framework-${index}`))
  const cells = ids.flatMap((id, index) =>
    base.cells
      .filter((cell): cell is MeasuredCell => cell.app === base.baseline && cell.state === 'measured')
      .map((cell): MeasuredCell => {
        if (index === 0) return { ...cell, rank: { low: 1, high: 1 } }
        const factor = 1 + index / 50
        const overhead = cell.cost.value * (factor - 1)
        return {
          ...cell,
          ...{ app: id, rank: { low: index + 1, high: index + 1 } },
          cost: { ...cell.cost, value: cell.cost.value * factor },
          ratio: { value: factor, low: factor - 0.005, high: factor + 0.005, level: 0.95 },
          overheadMicroseconds: { value: overhead, low: overhead * 0.97, high: overhead * 1.03, level: 0.95 },
        }
      }),
  )
  return withNoisyRounds({
    ...base,
    verdict: 'valid',
    apps: ids.map((id, index) => ({
      ...{
        id,
        title: index === 3 ? `A name ${'as long as names get '.repeat(8)}` : id,
        package: null,
        version: '1.0.0',
        given: id,
      },
    })),
    ...{ cells, overall: [], findings: [] },
  })
}
