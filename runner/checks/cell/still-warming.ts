import type { CellCheck } from '../cell-facts.ts'
import { excludes } from '../interval.ts'
import { finding } from '../registry.ts'
import { DRIFT_PERCENT } from '../thresholds.ts'

/** Does the cost still change while it is measured, by more than matters? */
export const checkWarm: CellCheck = ({ figures: { driftPercent: drift }, precisionPercent }) => {
  const allowed = Math.max(DRIFT_PERCENT, precisionPercent ?? 0)
  if (drift === null || Math.abs(drift.value) <= allowed || !excludes(drift, 0)) return []
  const facts = { driftPercent: drift.value, low: drift.low, high: drift.high }
  // The mean over a round is off by half of a steady drift; it has to be proven to matter before it makes the number suspect.
  const proven = drift.value < 0 ? excludes(drift, -allowed) : excludes(drift, allowed)
  return [finding(proven ? 'still-warming' : 'slightly-warming', facts)]
}
