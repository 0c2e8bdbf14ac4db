import type { Finding } from '../../result.ts'
import { estimateMeans } from '../../statistics/estimate.ts'
import { holm } from '../../statistics/holm.ts'
import type { CellFacts } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { FAMILY_ALPHA, MARGIN } from '../thresholds.ts'

/**
 * Is an app cheaper than the skeleton it stands on?
 * @param cells the apps of one endpoint, without the baseline
 */
export function checkFloor(cells: readonly CellFacts[], baseline: string): Finding[][] {
  const means = estimateMeans(cells.map(({ figures: { perRound } }) => perRound.map(({ ratio }) => Math.log(ratio))))
  const adjusted = holm(means.map(({ pValue }) => pValue))
  return means.map(({ value }, index) => {
    const adjustedP = adjusted[index]!
    if (adjustedP >= FAMILY_ALPHA || value >= -Math.log1p(MARGIN)) return []
    return [finding('skeleton-no-floor', { ratio: Math.exp(value), adjustedP, baseline })]
  })
}
