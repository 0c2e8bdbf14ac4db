import { excludes } from '../checks/interval.ts'
import { formatEstimate } from '../report/format.ts'
import type { Estimate } from '../result.ts'

/** A ratio of costs as the end of a sentence; what is not proven different is called a tie. */
export function costsTimes(ratio: Estimate, than: string): string {
  const times = formatEstimate(ratio)
  if (!isKnown(ratio)) return `costs ${times} times as much as ${than}, by too few rounds for an interval`
  return isTie(ratio) ? `cannot be told apart from ${than} (${times} times the cost)` : `costs ${times} times as much as ${than}`
}

/** True when there are rounds enough for an interval. */
export function isKnown({ low, high }: Estimate): boolean {
  return low !== null && high !== null
}

/** A ratio that may well be 1. */
export function isTie(ratio: Estimate): boolean {
  return !excludes(ratio, 1)
}
