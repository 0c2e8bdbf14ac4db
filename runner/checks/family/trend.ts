import { lagOneAutocorrelation } from '../../statistics/autocorrelation.ts'
import { holm } from '../../statistics/holm.ts'
import { spearman } from '../../statistics/spearman.ts'
import type { FamilyCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { TREND_ALPHA } from '../thresholds.ts'
import { unexplained } from './unexplained.ts'

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
