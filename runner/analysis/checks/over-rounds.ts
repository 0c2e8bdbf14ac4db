import { lagOneAutocorrelation, spearman } from '../../statistics/correlation.ts'
import { holm } from '../../statistics/holm.ts'
import { leastSquaresLine } from '../../statistics/regression.ts'
import { mean, quantile } from '../../statistics/summary.ts'
import type { CellFacts, FamilyCheck } from './cell-facts.ts'
import { type FindingKind, findingOf, fixed, percent, probability } from './finding-kind.ts'
import { FAMILY_ALPHA, MARGIN, TRUSTED_ROUNDS } from './thresholds.ts'

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
export function baselineCosts({ figures }: CellFacts, all: readonly CellFacts[]): Map<number, number> {
  const baseline = all.find((one) => one.isBaseline && one.figures.endpoint === figures.endpoint)
  return new Map(baseline?.figures.perRound.map(({ round, costMicroseconds }) => [round, Math.log(costMicroseconds)]))
}

/**
 * ln of what the baseline cost while the machine was fast and while it was slow; null: they are not apart.
 * @param apart by how much more it costs while the machine is slow, share
 */
export function fastAndSlow(logCosts: readonly number[], apart: number): { readonly fast: number; readonly slow: number } | null {
  const [fast, slow] = [quantile(logCosts, FAST), quantile(logCosts, SLOW)]
  return Math.expm1(slow - fast) > apart ? { fast, slow } : null
}

/** A trend questions the intervals themselves, so it has to be beyond doubt. */
const TREND_ALPHA = 0.01
/** The 90th percentile of the rounds' baseline costs over the 10th, minus 1. Seen: up to 0.13; processes alone differ by 0.02. */
const SPEED_SPREAD = 0.05

export const overRoundsKinds = {
  trend: {
    severity: 'suspect',
    scope: 'cell',
    meaning: `The ratio rises or falls over the rounds (Spearman, p below ${percent(TREND_ALPHA, 0)} after Holm's correction for the number of cells). Conditions changed during the run; rounds are not independent, and the interval may be too narrow.`,
    message: ({ coefficient, adjustedP, lagOne }) =>
      `the ratio ${Number(coefficient) > 0 ? 'rises' : 'falls'} over the rounds (Spearman ${fixed(coefficient, 2)}, p ${probability(adjustedP)}, ` +
      `correlation of neighbours ${fixed(lagOne, 2)})`,
    advice: 'Find out what changed on the machine (heat, neighbours), and measure again.',
  },
  'machine-speed-changed': {
    severity: 'note',
    scope: 'cell',
    meaning: `The baseline's cost moved by more than ${percent(SPEED_SPREAD, 0)} between rounds (90th over 10th percentile), and the ratio moves with it (regression, Holm over the cells at ${percent(FAMILY_ALPHA, 0)}) by more than ${percent(MARGIN, 0)}. What the distance of the CPUs explains (cpu-distance-changed) is not counted. The interval is for the mix of states that this run met.`,
    message: ({ fastRatio, slowRatio, spreadPercent }) =>
      `ratio ${fixed(fastRatio, 3)} while the machine was fast, ${fixed(slowRatio, 3)} while it was ${fixed(spreadPercent, 0)} % slower`,
    advice: 'Compare with other runs by µs over the baseline, which move less.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(overRoundsKinds)

/** Does the ratio rise or fall over the rounds, other than by what the intervals know of? */
export const checkTrends: FamilyCheck = (cells) => {
  const logs = cells.map(({ figures: { perRound }, covariate }) =>
    unexplained(
      perRound.map(({ ratio }) => Math.log(ratio)),
      covariate,
    ),
  )
  const trends = cells.map(({ figures: { perRound } }, index) =>
    spearman(
      perRound.map(({ round }) => round),
      logs[index]!,
    ),
  )
  const adjusted = holm(trends.map(({ pValue }) => pValue))
  return trends.map(({ coefficient }, index) => {
    const adjustedP = adjusted[index]!
    if (adjustedP >= TREND_ALPHA) return []
    return [finding('trend', { coefficient, adjustedP, lagOne: lagOneAutocorrelation(logs[index]!) })]
  })
}

/**
 * Does the ratio depend on how fast the machine was, other than by what the intervals know of? Cells whose baseline moved are regressed on it, log on log. The baseline is in both
 * sides of the regression, so chance alone makes a small slope; hence the margin.
 * @param cells baselines included
 */
export const checkMachineSpeed: FamilyCheck = (cells) => {
  const speeds = cells.map((cell) => speedOf(cell, cells))
  const adjusted = holm(speeds.map((speed) => speed?.pValue ?? 1))
  return speeds.map((speed, index) => {
    if (speed === null || adjusted[index]! >= FAMILY_ALPHA) return []
    const { fastRatio, slowRatio, spreadPercent } = speed
    if (Math.abs(Math.log(fastRatio / slowRatio)) <= Math.log1p(MARGIN)) return []
    return [finding('machine-speed-changed', { fastRatio, slowRatio, spreadPercent, adjustedP: adjusted[index]! })]
  })
}

interface Speed {
  readonly fastRatio: number
  readonly slowRatio: number
  readonly spreadPercent: number
  readonly pValue: number
}

function speedOf(cell: CellFacts, all: readonly CellFacts[]): Speed | null {
  if (cell.isBaseline) return null
  const { figures, covariate } = cell
  const costs = baselineCosts(cell, all)
  const rounds = figures.perRound.filter(({ round }) => costs.has(round))
  if (rounds.length < TRUSTED_ROUNDS) return null
  const known = rounds.length === figures.perRound.length ? covariate : null
  const logCosts = unexplained(
    rounds.map(({ round }) => costs.get(round)!),
    known,
  )
  const speeds = fastAndSlow(logCosts, SPEED_SPREAD)
  if (speeds === null) return null
  const { fast, slow } = speeds
  const logRatios = unexplained(
    rounds.map(({ ratio }) => Math.log(ratio)),
    known,
  )
  const line = leastSquaresLine(logCosts, logRatios)
  return {
    fastRatio: Math.exp(line.at(fast)),
    slowRatio: Math.exp(line.at(slow)),
    spreadPercent: Math.expm1(slow - fast) * 100,
    pValue: line.pValue,
  }
}
