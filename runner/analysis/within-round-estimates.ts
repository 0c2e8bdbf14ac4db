import type { Estimate } from '../result/model.ts'
import { estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { bounded, type CellSeries, LEVEL } from './estimates.ts'
import type { RoundAnalysis } from './round-analysis.ts'

/** Level of the position effect: it is looked at in every run, and there is one. */
export const POSITION_LEVEL = 0.99

/**
 * How much something changes within a round in every cell, percent, over the rounds; at a level corrected for the number of cells
 * (Bonferroni). Cells without enough blocks are missing.
 */
export function estimateChanges(all: readonly CellSeries[], change: 'drift' | 'helperFall'): Map<CellSeries, Estimate> {
  const level = 1 - (1 - LEVEL) / Math.max(1, all.length)
  const cells = all
    .map((cell) => ({ cell, changes: cell.rounds.map((round) => round[change]).filter((one) => one !== null) }))
    .filter(({ changes }) => changes.length > 0)
  const estimates = estimateMeans(
    cells.map(({ changes }) => changes),
    { level },
  )
  return new Map(cells.map(({ cell }, index) => [cell, inPercent(bounded(estimates[index]!))]))
}

/** Cost in the last place of a block over the cost in the first, over the rounds; null: no round has places to compare. */
export function estimatePosition(rounds: readonly RoundAnalysis[]): Estimate | null {
  const effects = rounds.flatMap(({ positionEffect }) => (positionEffect === null ? [] : [positionEffect]))
  if (effects.length === 0) return null
  return bounded(exponentiate(estimateMeans([effects], { level: POSITION_LEVEL })[0]!))
}

function inPercent({ value, low, high, level }: Estimate): Estimate {
  const percent = (share: number | null) => (share === null ? null : share * 100)
  return { value: value * 100, low: percent(low), high: percent(high), level }
}
