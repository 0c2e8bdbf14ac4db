import type { Precision } from '../measure/round-sizes.ts'
import type { CellVariances } from '../statistics/allocation.ts'
import { type MeanEstimate, roundsNeeded } from '../statistics/estimate.ts'
import { mean, meanOrNull } from '../statistics/summary.ts'
import { boundOf, estimateIdentical } from './copies.ts'
import { type CellSeries, cellSeries, estimateColumns, identicalLogRatios, LEVEL } from './estimates.ts'
import type { RoundAnalysis } from './round-analysis.ts'

/** How many degrees of freedom a cell may take from its neighbours, per own one (moderated variances). */
const BORROWING = 3

/**
 * The widest ratio as it is printed (the bound of two copies that differ is in it), and how many rounds it would take in all to bring every ratio to the wanted half-width (a share of 1). Of the
 * cells that are still measured: one that failed would never get there.
 * @param unquoted apps that are measured for what goes wrong with them, not for their numbers
 */
export function precisionReached(
  rounds: readonly RoundAnalysis[],
  baseline: string,
  wanted: number | null,
  unquoted: readonly string[] = [],
): Precision | null {
  const latest = rounds.at(-1)?.round
  const left = ({ app, rounds: own }: CellSeries) => app !== baseline && !unquoted.includes(app) && own.at(-1)?.round === latest
  const cells = cellSeries(rounds).filter(left)
  if (cells.length === 0) return null
  const estimates = estimateColumns(
    cells.map(({ rounds }) => rounds),
    ({ ratio }) => Math.log(ratio),
  )
  const bound = boundOf(estimateIdentical(rounds))
  const widths = estimates.map(({ halfWidth }) => Math.expm1(halfWidth + bound))
  const widest = widths.reduce((worst, width, index) => (width > widths[worst]! ? index : worst), 0)
  const { app, endpoint } = cells[widest]!
  // The mean of two has a quarter of the variance of their difference.
  const reference = meanOrNull([...identicalLogRatios(rounds).values()].flat().map((difference) => difference ** 2 / 4)) ?? 0
  return {
    rounds: rounds.length,
    widestHalfWidth: widths[widest]!,
    widestCell: `${app} ${endpoint}`,
    roundsNeeded: wanted === null ? null : Math.max(...estimates.map((estimate) => needed(estimate, bound, wanted))),
    variances: estimates.flatMap((estimate, index) => variancesOf(cells[index]!, estimate, reference)),
  }
}

/**
 * What the variance of a cell's rounds is made of: blocks of the same processes differ, so do two processes of the baseline, and what is left
 * lies between processes of the app. The variance itself is moderated over the cells. None where a round had too few blocks to tell.
 */
function variancesOf({ app, measured }: CellSeries, { standardError }: MeanEstimate, reference: number): CellVariances[] {
  const known = measured.flatMap(({ blockVariance: block, value, copies }) =>
    block === null ? [] : [{ block, within: block / value.blocks, perProcess: 1 / copies.length }],
  )
  if (known.length < measured.length || !Number.isFinite(standardError)) return []
  const between = known.length * standardError ** 2 - mean(known.map(({ within }) => within)) - reference
  const process = Math.max(0, between) / mean(known.map(({ perProcess }) => perProcess))
  return [{ app, process, reference, block: mean(known.map(({ block }) => block)) }]
}

/** The bound is taken to get narrower with more rounds as the interval does: mostly it is luck. */
function needed(estimate: MeanEstimate, bound: number, wanted: number): number {
  if (!Number.isFinite(estimate.standardError)) return Number.POSITIVE_INFINITY
  const widening = estimate.halfWidth === 0 ? 1 : 1 + bound / estimate.halfWidth
  const deviation = widening * estimate.standardError * Math.sqrt(estimate.rounds)
  const borrowing = Math.min(BORROWING, estimate.degreesOfFreedom / Math.max(1, estimate.rounds - 1))
  return roundsNeeded(deviation, Math.log1p(wanted), { level: LEVEL, borrowing })
}
