import type { Estimate as StoredEstimate } from '../../result.ts'
import type { Estimate } from '../../statistics/estimate.ts'

/** The estimate, or nothing where there were too few rounds for an interval. */
export function bounded({ value, low, high, level }: StoredEstimate): Estimate[] {
  return low === null || high === null ? [] : [{ value, low, high, level }]
}

export function holds({ low, high }: Estimate, truth: number): boolean {
  return low <= truth && truth <= high
}
