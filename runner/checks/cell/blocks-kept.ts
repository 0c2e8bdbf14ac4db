import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { FEW_BLOCKS_SHARE, TOO_FEW_BLOCKS_SHARE } from '../thresholds.ts'

/** Are enough of the planned blocks left? */
export const checkBlocksKept: CellCheck = ({ figures: { blocksKept: kept, blocksPlanned: planned } }) => {
  if (kept === null || planned === null || kept >= planned * FEW_BLOCKS_SHARE) return []
  return [finding(kept < planned * TOO_FEW_BLOCKS_SHARE ? 'too-few-blocks-kept' : 'few-blocks-kept', { kept, planned })]
}
