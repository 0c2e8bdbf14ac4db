import { analyseRound, type RoundAnalysis } from '../analysis/round-analysis.ts'
import type { RoundRecord } from '../measure/round.ts'
import type { Slice } from '../measure/sample.ts'
import { appOf, type Plan } from '../plan.ts'

/** Where in its block an app's slice was; the order of a block is drawn, so every place comes up. */
export interface Place {
  readonly label: string
  /**
   * @param position of the app's slice in its block, from 0
   * @param baseline the positions of the baseline's copies in the same block
   * @param slots slices of a whole block
   */
  holds(position: number, baseline: readonly number[], slots: number): boolean
}

export const places: readonly Place[] = [
  { label: 'first half of the block', holds: (position, _baseline, slots) => position < slots / 2 },
  { label: 'second half of the block', holds: (position, _baseline, slots) => position >= slots / 2 },
  { label: 'before the baseline', holds: (position, baseline) => baseline.every((one) => position < one) },
  { label: 'after the baseline', holds: (position, baseline) => baseline.every((one) => position > one) },
]

/** A round as it looks when only those slices of the apps count that were at the place; the baseline's all count. */
export function analysePlace(plan: Plan, { round, slices }: Pick<RoundRecord, 'round' | 'slices'>, place: Place): RoundAnalysis {
  const isBaseline = ({ deployment }: Slice) => appOf(plan, deployment) === plan.baseline
  const counting = slices.filter(({ disturbance }) => disturbance === null)
  const baseline = new Map<string, number[]>()
  for (const slice of counting.filter(isBaseline)) {
    const block = blockOf(slice)
    baseline.set(block, [...(baseline.get(block) ?? []), slice.position])
  }
  const slots = plan.deployments.length
  const there = (slice: Slice) => place.holds(slice.position, baseline.get(blockOf(slice)) ?? [], slots)
  return analyseRound(
    plan,
    round,
    counting.filter((slice) => isBaseline(slice) || there(slice)),
  )
}

function blockOf({ endpoint, block }: Slice): string {
  return `${endpoint} ${block}`
}
