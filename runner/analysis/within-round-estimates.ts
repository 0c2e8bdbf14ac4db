import type { Estimate } from '../result.ts'
import { estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { bounded, type CellSeries, LEVEL } from './estimates.ts'
import type { RoundAnalysis } from './round-analysis.ts'

/** Level of the position effect: it is looked at in every run, and there is one. */
export const POSITION_LEVEL = 0.99

/**
 * How much the cost of every cell changes from the first block of a round to the last, percent, over the rounds; at a level corrected
 * for the number of cells (Bonferroni). Cells without enough blocks are missing.
 */
export function estimateDrifts(all: readonly CellSeries[]): Map<CellSeries, Estimate> {
  const level = 1 - (1 - LEVEL) / Math.max(1, all.length)
  const cells = all
    .map((cell) => ({ cell, drifts: cell.rounds.flatMap(({ drift }) => (drift === null ? [] : [drift])) }))
    .filter(({ drifts }) => drifts.length > 0)
  const estimates = estimateMeans(
    cells.map(({ drifts }) => drifts),
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
