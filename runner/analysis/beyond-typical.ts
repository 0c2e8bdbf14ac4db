import type { Estimate, MeasuredCell, RoundValue } from '../result/model.ts'
import { estimateFigures, figuresOf } from './relative.ts'

/** A part of a cell's cost that most requests do not have. */
export type BeyondTypical = 'later' | 'rare'

/** What is told of a cell's cost beside it. */
type CostedCell = Pick<MeasuredCell, 'cost' | 'overheadMicroseconds' | 'perRound'>

/** Of the cost of a cell, and of its overhead: with less than both nothing is said. */
const SHARE_OF_COST = 0.01
const SHARE_OF_OVERHEAD = 0.05
/** Garbage collection alone makes a small part rare in every app; less than this is not worth a word, share of the cost. */
const LEAST_SHARE = 0.005

const parts: Readonly<Record<BeyondTypical, (round: RoundValue) => number | null>> = {
  later: ({ lateMicroseconds }) => lateMicroseconds,
  rare: ({ costMicroseconds, lateMicroseconds, typicalCostMicroseconds }) =>
    lateMicroseconds === null || typicalCostMicroseconds === null
      ? null
      : costMicroseconds - lateMicroseconds - typicalCostMicroseconds,
}

/**
 * Microseconds per request that the server used later, outside its slices, or in rare long pieces of a few slices; where that is proven and
 * more than 1 % of the cost or 5 % of the overhead. null: it is not, or not known.
 */
export function beyondTypical(cell: CostedCell, part: BeyondTypical): Estimate | null {
  const figures = figuresOf(cell, parts[part])
  if (figures.length === 0 || figures.length < cell.perRound.length) return null
  const estimate = estimateFigures([figures])[0]!
  if (estimate.low === null || estimate.low <= 0) return null
  const { value } = estimate
  const { value: overhead, low } = cell.overheadMicroseconds
  const matters = value > SHARE_OF_COST * cell.cost.value || (low !== null && low > 0 && value > SHARE_OF_OVERHEAD * overhead)
  return matters && value > LEAST_SHARE * cell.cost.value ? estimate : null
}
