import type { CellCheck } from '../cell-facts.ts'
import { relativeWidth } from '../interval.ts'
import { finding } from '../registry.ts'
import { FEWEST_ROUNDS, TRUSTED_ROUNDS } from '../thresholds.ts'

/** Are there enough rounds for an interval? */
export const checkRounds: CellCheck = ({ figures }) => {
  const rounds = figures.perRound.length
  if (rounds < FEWEST_ROUNDS) return [finding('too-few-rounds', { rounds })]
  return rounds < TRUSTED_ROUNDS ? [finding('few-rounds', { rounds })] : []
}

/** Is the interval as narrow as asked for? */
export const checkPrecision: CellCheck = ({ figures, isBaseline, precisionPercent }) => {
  const width = relativeWidth(figures.ratio)
  if (isBaseline || width === null || precisionPercent === null || width * 100 <= precisionPercent) return []
  return [finding('precision-not-reached', { halfWidthPercent: width * 100, precisionPercent })]
}
