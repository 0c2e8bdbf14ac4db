import { hodgesLehmann } from '../../statistics/hodges-lehmann.ts'
import type { CellCheck } from '../cell-facts.ts'
import { relativeWidth } from '../interval.ts'
import { finding } from '../registry.ts'
import { SKEW_SHARE, TRUSTED_ROUNDS } from '../thresholds.ts'

/** Do the rounds lie evenly around their mean? */
export const checkSkew: CellCheck = ({ figures: { perRound, ratio }, isBaseline }) => {
  const width = relativeWidth(ratio)
  if (isBaseline || width === null || perRound.length < TRUSTED_ROUNDS) return []
  const middle = Math.exp(hodgesLehmann(perRound.map((round) => Math.log(round.ratio))))
  if (Math.abs(middle / ratio.value - 1) <= SKEW_SHARE * width) return []
  return [finding('skewed-rounds', { mean: ratio.value, hodgesLehmann: middle })]
}
