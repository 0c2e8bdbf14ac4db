import { type Group, twoGroups } from '../../statistics/two-groups.ts'
import type { CellFacts, FamilyCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { KINDS_APART } from '../thresholds.ts'
import { baselineCosts, fastAndSlow } from './baseline-costs.ts'
import { unexplained } from './unexplained.ts'

/**
 * Are the processes of a cell of two kinds, as by what a compiler has decided for their life? There is one per round. What the distance of
 * the CPUs and the speed of the machine explain does not count: they have two states of their own at times. The baseline is not judged:
 * a round has the mean of two of its processes. Nor are several workers.
 * @param cells baselines included
 */
export const checkTwoKinds: FamilyCheck = (cells) =>
  cells.map((cell) => {
    const { perRound, cost, deployment } = cell.figures
    if (cell.isBaseline || deployment.copies > 1 || deployment.workers > 1) return []
    const covariates = covariatesOf(cell, cells)
    if (covariates === null) return []
    const logRatios = perRound.map(({ ratio }) => Math.log(ratio))
    const groups = twoGroups(logRatios, { leastDistance: Math.log1p(KINDS_APART), covariates })
    if (groups === null) return []
    const { low, high } = groups
    // The cost of the cell is that of the mix.
    const centre = (low.mean * low.count + high.mean * high.count) / perRound.length
    const microseconds = ({ mean }: Group) => cost.value * Math.exp(mean - centre)
    return [
      finding('two-kinds-of-processes', {
        ...{ processes: perRound.length, low: low.count, high: high.count },
        ...{ lowMicroseconds: microseconds(low), highMicroseconds: microseconds(high) },
        differencePercent: Math.expm1(high.mean - low.mean) * 100,
      }),
    ]
  })

/** By round: the distance of the CPUs and what the baseline cost, where they moved; null: the latter is not known of every round. */
function covariatesOf(cell: CellFacts, all: readonly CellFacts[]): (readonly number[])[] | null {
  const { perRound } = cell.figures
  const known = baselineCosts(cell, all)
  const costs = perRound.map(({ round }) => known.get(round)).filter((logCost) => logCost !== undefined)
  if (costs.length < perRound.length || costs.length === 0) return null
  // Ratios move by less than the machine does.
  const isMoved = fastAndSlow(unexplained(costs, cell.covariate), KINDS_APART) !== null
  return [...(cell.covariate === null ? [] : [cell.covariate]), ...(isMoved ? [costs] : [])]
}
