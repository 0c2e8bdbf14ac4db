import { lagOneAutocorrelation, spearman } from '../../statistics/correlation.ts'
import { holm } from '../../statistics/ranks.ts'
import { leastSquaresLine } from '../../statistics/regression.ts'
import { mean, quantile } from '../../statistics/summary.ts'
import { twoGroups } from '../../statistics/two-groups.ts'
import {
  type CellFacts,
  FAMILY_ALPHA,
  type FamilyCheck,
  findingOf,
  fixed,
  kindsOf,
  logRatiosOf,
  MARGIN,
  note,
  percent,
  probability,
  signed,
  suspect,
  TRUSTED_ROUNDS,
} from './finding.ts'

/** Values by round, moved to where they would be at the mean of the covariate; null: as they are. */
export function unexplained(values: readonly number[], covariate: readonly number[] | null): number[] {
  if (covariate === null) return [...values]
  const line = leastSquaresLine(covariate, values)
  const level = line.at(mean(covariate))
  return values.map((value, index) => value - line.at(covariate[index]!) + level)
}

/** Fast and slow are the 10th and the 90th percentile of the rounds: the very ends belong to single processes. */
const [FAST, SLOW] = [0.1, 0.9]

/** ln of what the baseline cost on the endpoint of a cell, by round; empty where there is none. */
function baselineCosts({ figures }: CellFacts, all: readonly CellFacts[]): Map<number, number> {
  const baseline = all.find((one) => one.isBaseline && one.figures.endpoint === figures.endpoint)
  return new Map(baseline?.figures.perRound.map(({ round, costMicroseconds }) => [round, Math.log(costMicroseconds)]))
}

/**
 * ln of what the baseline cost while the machine was fast and while it was slow; null: they are not apart.
 * @param apart by how much more it costs while the machine is slow, share
 */
function fastAndSlow(logCosts: readonly number[], apart: number): { readonly fast: number; readonly slow: number } | null {
  const [fast, slow] = [quantile(logCosts, FAST), quantile(logCosts, SLOW)]
  return Math.expm1(slow - fast) > apart ? { fast, slow } : null
}

/** A trend questions the intervals themselves, so it has to be beyond doubt. */
const TREND_ALPHA = 0.01
/** The 90th percentile of the rounds' baseline costs over the 10th, minus 1. Seen: up to 0.13; processes alone differ by 0.02. */
const SPEED_SPREAD = 0.05

/** Kinds of processes whose costs are closer than this are one to whoever reads them. Seen: kinds that are 7 and 24 % apart. */
const KINDS_APART = 0.03

export const overRoundsKinds = kindsOf('cell', {
  trend: suspect({
    meaning: `The ratio rises or falls over the rounds (Spearman, p below ${percent(TREND_ALPHA, 0)} after Holm's correction for the number of cells). Conditions changed during the run; rounds are not independent, and the interval may be too narrow.`,
    message: ({ coefficient, adjustedP, lagOne }) =>
      `the ratio ${Number(coefficient) > 0 ? 'rises' : 'falls'} over the rounds (Spearman ${fixed(coefficient, 2)}, p ${probability(adjustedP)}, ` +
      `correlation of neighbours ${fixed(lagOne, 2)})`,
    advice: 'Find out what changed on the machine (heat, neighbours), and measure again.',
  }),
  'machine-speed-changed': note({
    meaning: `The baseline's cost moved by more than ${percent(SPEED_SPREAD, 0)} between rounds (90th over 10th percentile), and the ratio moves with it (regression, Holm over the cells at ${percent(FAMILY_ALPHA, 0)}) by more than ${percent(MARGIN, 0)}. What the distance of the CPUs explains (cpu-distance-changed) is not counted. The interval is for the mix of states that this run met.`,
    message: ({ fastRatio, slowRatio, spreadPercent }) =>
      `ratio ${fixed(fastRatio, 3)} while the machine was fast, ${fixed(slowRatio, 3)} while it was ${fixed(spreadPercent, 0)} % slower`,
    advice: 'Compare with other runs by µs over the baseline, which move less.',
  }),
  'two-kinds-of-processes': note({
    meaning: `The processes of the app, one per round, are two groups whose costs are ${percent(KINDS_APART, 0)} or more apart: the best split of their ratios leaves far less within the groups than one of normal values does in 99 of 100 cases (Engelman and Hartigan, 1969; six processes at the least, two in each group). A process stays what it is for its whole life, so the mean is that of this run's mix, and its interval describes neither kind. What the distance of the CPUs and the baseline's cost explain is taken out, and groups that follow each other in time are a trend. Few processes show little: of ten, a third that costs 7 % more is found in one run of five. Not judged for the baseline, whose rounds are means of two processes.`,
    message: ({ processes, low, high, lowMicroseconds, highMicroseconds, differencePercent }) =>
      `the processes are of two kinds: ${low} of ${processes} (${percent(Number(low) / Number(processes), 0)}) take ${fixed(lowMicroseconds, 2)} µs per request, ` +
      `${high} (${percent(Number(high) / Number(processes), 0)}) take ${fixed(highMicroseconds, 2)} µs (${signed(differencePercent, 1)}); the mean describes neither`,
    advice: 'Quote both kinds with their shares; the charts of µs over the baseline show every process as a dot.',
  }),
})

const finding = findingOf(overRoundsKinds)

/** Does the ratio rise or fall over the rounds, other than by what the intervals know of? */
export const checkTrends: FamilyCheck = (cells) => {
  const trends = cells.map(({ figures, covariate }) => {
    const logs = unexplained(logRatiosOf(figures.perRound), covariate)
    return { ...spearman([...logs.keys()], logs), lagOne: lagOneAutocorrelation(logs) }
  })
  const adjusted = holm(trends.map(({ pValue }) => pValue))
  return trends.map(({ coefficient, lagOne }, index) => {
    const adjustedP = adjusted[index]!
    return adjustedP < TREND_ALPHA && finding('trend', { coefficient, adjustedP, lagOne })
  })
}

/**
 * Does the ratio depend on how fast the machine was, other than by what the intervals know of? Cells whose baseline moved are regressed on
 * it, log on log. The baseline is in both sides of the regression, so chance alone makes a small slope; hence the margin.
 * @param cells baselines included
 */
export const checkMachineSpeed: FamilyCheck = (cells) => {
  const speeds = cells.map((cell) => speedOf(cell, cells))
  const adjusted = holm(speeds.map((speed) => speed?.pValue ?? 1))
  return speeds.map((speed, index) => {
    if (speed === null || adjusted[index]! >= FAMILY_ALPHA) return null
    const { fastRatio, slowRatio, spreadPercent } = speed
    if (Math.abs(Math.log(fastRatio / slowRatio)) <= Math.log1p(MARGIN)) return null
    return finding('machine-speed-changed', { fastRatio, slowRatio, spreadPercent, adjustedP: adjusted[index]! })
  })
}

function speedOf(cell: CellFacts, all: readonly CellFacts[]) {
  if (cell.isBaseline) return null
  const { perRound } = cell.figures
  const costs = baselineCosts(cell, all)
  const rounds = perRound.filter(({ round }) => costs.has(round))
  if (rounds.length < TRUSTED_ROUNDS) return null
  const covariate = rounds.length === perRound.length ? cell.covariate : null
  const measured = [rounds.map(({ round }) => costs.get(round)!), logRatiosOf(rounds)]
  const [logCosts, logRatios] = measured.map((logs) => unexplained(logs, covariate))
  const speeds = fastAndSlow(logCosts!, SPEED_SPREAD)
  if (speeds === null) return null
  const { pValue, at } = leastSquaresLine(logCosts!, logRatios!)
  const [fastRatio, slowRatio] = [Math.exp(at(speeds.fast)), Math.exp(at(speeds.slow))]
  return { fastRatio, slowRatio, spreadPercent: Math.expm1(speeds.slow - speeds.fast) * 100, pValue }
}

/**
 * Are the processes of a cell of two kinds, as by what a compiler has decided for their life? There is one per round. What the distance of
 * the CPUs and the speed of the machine explain does not count: they have two states of their own at times. The baseline is not judged:
 * a round has the mean of two of its processes. Nor are several workers.
 * @param cells baselines included
 */
export const checkTwoKinds: FamilyCheck = (cells) =>
  cells.map((cell) => {
    const { perRound, cost, deployment } = cell.figures
    if (cell.isBaseline || deployment.copies > 1 || deployment.workers > 1) return null
    const covariates = covariatesOf(cell, cells)
    if (covariates === null) return null
    const groups = twoGroups(logRatiosOf(perRound), { leastDistance: Math.log1p(KINDS_APART), covariates })
    if (groups === null) return null
    const { low, high } = groups
    // The cost of the cell is that of the mix.
    const centre = (low.mean * low.count + high.mean * high.count) / perRound.length
    const microseconds = ({ mean }: typeof low) => cost.value * Math.exp(mean - centre)
    return finding('two-kinds-of-processes', {
      processes: perRound.length,
      low: low.count,
      high: high.count,
      lowMicroseconds: microseconds(low),
      highMicroseconds: microseconds(high),
      differencePercent: Math.expm1(high.mean - low.mean) * 100,
    })
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
