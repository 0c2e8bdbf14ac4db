import { type Group, twoGroups } from '../../statistics/two-groups.ts'
import type { CellFacts, FamilyCheck } from './cell-facts.ts'
import { type FindingKind, findingOf, fixed, percent, signed } from './finding-kind.ts'
import { baselineCosts, fastAndSlow, unexplained } from './over-rounds.ts'

/** Kinds of processes whose costs are closer than this are one to whoever reads them. Seen: kinds that are 7 and 24 % apart. */
const KINDS_APART = 0.03

export const twoKindsKinds = {
  'two-kinds-of-processes': {
    severity: 'note',
    scope: 'cell',
    meaning: `The processes of the app, one per round, are two groups whose costs are ${percent(KINDS_APART, 0)} or more apart: the best split of their ratios leaves far less within the groups than one of normal values does in 99 of 100 cases (Engelman and Hartigan, 1969; six processes at the least, two in each group). A process stays what it is for all its life, so the mean is that of this run's mix, and its interval describes neither kind. What the distance of the CPUs and the baseline's cost explain is taken out, and groups that follow each other in time are a trend. Few processes show little: of ten, a third that costs 7 % more is found in one run of five. Not judged for the baseline, whose rounds are means of two processes.`,
    message: ({ processes, low, high, lowMicroseconds, highMicroseconds, differencePercent }) =>
      `the processes are of two kinds: ${low} of ${processes} (${percent(Number(low) / Number(processes), 0)}) take ${fixed(lowMicroseconds, 2)} µs per request, ` +
      `${high} (${percent(Number(high) / Number(processes), 0)}) take ${fixed(highMicroseconds, 2)} µs (${signed(differencePercent, 1)}); the mean describes neither`,
    advice: 'Quote both kinds with their shares; the charts of µs over the baseline show every process as a dot.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(twoKindsKinds)

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
