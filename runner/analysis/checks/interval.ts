import type { Estimate } from '../../result/model.ts'
import { relativeHalfWidth } from '../../statistics/estimate.ts'

/** The longer arm of an interval as a share of the value; null: no interval. */
export function relativeWidth({ value, low, high, level }: Estimate): number | null {
  return low === null || high === null ? null : relativeHalfWidth({ value, low, high, level })
}

/** The interval is known and does not hold the number. */
export function excludes({ low, high }: Estimate, number: number): boolean {
  return low !== null && high !== null && (low > number || high < number)
}
