import type { CellCheck } from '../cell-facts.ts'
import { excludes } from '../interval.ts'
import { finding } from '../registry.ts'
import { COMPILING_PERCENT } from '../thresholds.ts'

/** Was the app's code still being compiled while it was measured, by more than matters? */
export const checkCompiled: CellCheck = ({ figures: { helperFallPercent: fall }, precisionPercent }) => {
  const allowed = Math.max(COMPILING_PERCENT, precisionPercent ?? 0)
  if (fall === null || fall.value <= allowed || !excludes(fall, 0)) return []
  return [finding('still-compiling', { helperFallPercent: fall.value, low: fall.low, high: fall.high })]
}
