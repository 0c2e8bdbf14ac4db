import type { Estimate } from '../result.ts'

/** Whether the interval is known and lies wholly on one side of the value: only then may a difference be claimed. */
export function excludes({ low, high }: Estimate, value: number): boolean {
  return low !== null && high !== null && (low > value || high < value)
}
