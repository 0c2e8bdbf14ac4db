import { tQuantile } from './student-t.ts'

/**
 * Jain's fairness index of shares that are never negative: (Σx)² / (n · Σx²), from 1/n, when one has all, to 1, when all have the same
 * (Jain, Chiu and Hawe, "A quantitative measure of fairness and discrimination for resource allocation in shared computer systems",
 * DEC-TR-301, 1984). It does not depend on the unit; k of n who share evenly, while the others get nothing, come to k/n.
 * @returns NaN when nobody has anything
 * @throws RangeError without values, or for a negative one
 */
export function jainsIndex(values: readonly number[]): number {
  const sum = sumOf(values)
  return sum ** 2 / (values.length * values.reduce((total, value) => total + value ** 2, 0))
}

/** Smallest and largest share, as multiples of an even one: 1 and 1 when all have the same. NaN when nobody has anything. */
export function extremeShares(values: readonly number[]): { readonly smallest: number; readonly largest: number } {
  const even = sumOf(values) / values.length
  return { smallest: Math.min(...values) / even, largest: Math.max(...values) / even }
}

function sumOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('fairness needs someone to share')
  const negative = values.find((value) => value < 0)
  if (negative !== undefined) throw new RangeError(`a share must not be negative, like ${negative}`)
  return values.reduce((total, value) => total + value, 0)
}

/**
 * Interval of a share from counts that are independent of each other: the score interval (Wilson 1927, "Probable inference, the law
 * of succession, and statistical inference"). It holds up for shares near 0 and 1 and for few counts, where hits/of ± 2 standard
 * errors does not.
 * @param hits from 0 to `of`
 * @param level from 0 to below 1
 * @throws RangeError when there is nothing to count, or hits lie outside 0 to `of`
 */
export function wilsonInterval(hits: number, of: number, level = 0.95): { low: number; high: number } {
  if (!(of > 0 && hits >= 0 && hits <= of))
    throw new RangeError(`a share needs hits from 0 to a positive total, not ${hits} of ${of}`)
  const z = tQuantile(level, Number.POSITIVE_INFINITY)
  const share = hits / of
  const shrink = 1 + z ** 2 / of
  const centre = (share + z ** 2 / (2 * of)) / shrink
  const reach = (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / shrink
  // The ends are exact where the share is; the arithmetic misses by the last digit.
  return { low: hits === 0 ? 0 : centre - reach, high: hits === of ? 1 : centre + reach }
}
