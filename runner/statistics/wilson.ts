import { tQuantile } from './student-t.ts'

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
