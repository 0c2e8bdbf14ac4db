import type { Estimate, MeasuredCell } from '../result.ts'
import { estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { bounded, LEVEL } from './estimates.ts'

/**
 * Requests/s of cells over those of another cell, paired by round: both were measured in the same blocks of a round. The variances of
 * the cells given together are moderated over them. null: no round in common.
 * @param level of the intervals; to be corrected by the caller where many are looked at for one statement
 */
export function rateRatios(cells: readonly MeasuredCell[], reference: MeasuredCell, level = LEVEL): (Estimate | null)[] {
  const base = new Map(reference.perRound.map(({ round, requestsPerSecond }) => [round, Math.log(requestsPerSecond)]))
  const columns = cells.map(({ perRound }) =>
    perRound.flatMap(({ round, requestsPerSecond }) => {
      const other = base.get(round)
      return other === undefined ? [] : [Math.log(requestsPerSecond) - other]
    }),
  )
  const estimates = estimateMeans(columns, { level })
  return columns.map((column, index) => (column.length === 0 ? null : bounded(exponentiate(estimates[index]!))))
}
