import type { Estimate, Finding } from '../../result.ts'
import { excludes } from '../interval.ts'
import { finding } from '../registry.ts'
import { POSITION_EFFECT } from '../thresholds.ts'

/**
 * Does the place in the block matter?
 * @param ratio cost of the last place over the first, at POSITION_LEVEL; null: unknown
 */
export function checkPosition(ratio: Estimate | null): Finding[] {
  if (ratio === null || Math.abs(ratio.value - 1) <= POSITION_EFFECT || !excludes(ratio, 1)) return []
  const inPercent = (value: number | null) => (value === null ? null : (value - 1) * 100)
  const [effectPercent, low, high] = [ratio.value, ratio.low, ratio.high].map(inPercent)
  return [finding('position-effect', { effectPercent: effectPercent!, low: low!, high: high! })]
}
