import { excludes } from '../../analysis/checks/interval.ts'
import { formatEstimate } from '../../result/format.ts'
import type { Estimate } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'

const LONGEST_NAME = 60

/** A stranger's name, of an app or an endpoint, in a sentence or a table. */
export function named(app: string): string {
  return plainText(app, LONGEST_NAME)
}

/** A difference between two apps, with what it is a difference of: `when idle`. */
export interface Difference {
  readonly estimate: Estimate
  readonly unit: string
  readonly where: string
}

/**
 * Differences in words: `3.1 [2.9, 3.3] MiB more when idle; cannot be told apart under load (0.1 [-0.2, 0.4] MiB)`. Nothing is called more
 * or less whose interval holds zero or is not known.
 */
export function differencesInWords(differences: readonly Difference[]): string {
  const signed = differences.flatMap(({ estimate, unit, where }) => {
    const words = moreOrLess(estimate, ` ${unit}`)
    return words === null ? [] : [`${words} ${where}`]
  })
  const ties = differences
    .filter(({ estimate, unit }) => moreOrLess(estimate, unit) === null)
    .map(({ estimate, unit, where }) => `${where} (${formatEstimate(estimate)} ${unit})`)
  return [...signed, ...(ties.length === 0 ? [] : [`cannot be told apart ${listInWords(ties)}`])].join('; ')
}

/** `3.1 [2.9, 3.3] MiB more`, or `less`; null where the interval holds zero or is not known. */
export function moreOrLess(difference: Estimate, unit: string): string | null {
  const { low, high } = difference
  if (low !== null && low > 0) return `${formatEstimate(difference)}${unit} more`
  return high !== null && high < 0 ? `${formatEstimate(negative(difference))}${unit} less` : null
}

/** A ratio as a change in percent: 1.04 [1.02, 1.06] is 4 [2, 6]. */
export function changePercent({ value, low, high, level }: Estimate): Estimate {
  const percent = (ratio: number) => 100 * (ratio - 1)
  return { value: percent(value), low: low === null ? null : percent(low), high: high === null ? null : percent(high), level }
}

/** The same difference the other way round. */
export function negative({ value, low, high, level }: Estimate): Estimate {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low, level }
}

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
