import type { CellCheck } from '../cell-facts.ts'
import { relativeWidth } from '../interval.ts'
import { finding } from '../registry.ts'
import { RARE_WORK_SHARE } from '../thresholds.ts'

/** Does trimming leave out work of the app that happens in few slices? */
export const checkRareWork: CellCheck = ({ figures: { ratio, totalRatio }, isBaseline }) => {
  const width = relativeWidth(ratio)
  if (isBaseline || width === null || totalRatio === null) return []
  const difference = totalRatio / ratio.value - 1
  if (Math.abs(difference) <= Math.max(width, RARE_WORK_SHARE)) return []
  return [finding('rare-work', { ratio: ratio.value, totalRatio, differencePercent: difference * 100 })]
}
