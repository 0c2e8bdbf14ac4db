import type { CellCheck } from '../cell-facts.ts'
import { excludes } from '../interval.ts'
import { finding } from '../registry.ts'
import { DRIFT_PERCENT } from '../thresholds.ts'

/** Does the cost still change while it is measured? */
export const checkWarm: CellCheck = ({ figures: { driftPercent: drift }, precisionPercent }) => {
  const allowed = Math.max(DRIFT_PERCENT, precisionPercent ?? 0)
  if (drift === null || Math.abs(drift.value) <= allowed || !excludes(drift, 0)) return []
  return [finding('still-warming', { driftPercent: drift.value, low: drift.low, high: drift.high })]
}
