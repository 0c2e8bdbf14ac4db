import { holm } from '../../statistics/holm.ts'
import { leastSquaresLine } from '../../statistics/linear-regression.ts'
import type { CellFacts, FamilyCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { FAMILY_ALPHA, MARGIN, SPEED_SPREAD, TRUSTED_ROUNDS } from '../thresholds.ts'
import { baselineCosts, fastAndSlow } from './baseline-costs.ts'
import { unexplained } from './unexplained.ts'

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
