import { modifiedZScores } from '../../statistics/modified-z.ts'
import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { OUTLIER_SCORE, TRUSTED_ROUNDS } from '../thresholds.ts'

/** Is there a round unlike the others? With few rounds their middle deviation is luck, so they are not judged. */
export const checkRoundOutliers: CellCheck = ({ figures: { perRound }, isBaseline }) => {
  if (isBaseline || perRound.length < TRUSTED_ROUNDS) return []
  const scores = modifiedZScores(perRound.map(({ ratio }) => Math.log(ratio))).map(Math.abs)
  const odd = perRound.filter((_, index) => scores[index]! > OUTLIER_SCORE)
  if (odd.length === 0) return []
  return [finding('round-outlier', { rounds: odd.map(({ round }) => round).join(', '), largestScore: Math.max(...scores) })]
}
