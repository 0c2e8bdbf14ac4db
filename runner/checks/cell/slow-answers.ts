import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { FEWEST_SLOW_SLICES, SLOW_SLICES_SHARE } from '../thresholds.ts'

/** Does the app let a client wait now and then, without using any CPU? */
export const checkSlowAnswers: CellCheck = ({ figures: { slices }, totals: { slow } }) => {
  if (slow.slices < FEWEST_SLOW_SLICES) return []
  const facts = { slowSlices: slow.slices, slices, milliseconds: slow.longestNs / 1e6 }
  return [finding(slow.slices > SLOW_SLICES_SHARE * slices ? 'slow-answers' : 'rare-slow-answers', facts)]
}
