import { tQuantile } from './student-t.ts'

export interface RoundsNeededOptions {
  readonly level?: number
  /** Degrees of freedom per round after the first: 1 for a cell of its own, up to the borrowing cap for moderated variances. */
  readonly borrowing?: number
}

const MOST_ROUNDS = 1e6

/**
 * Forecast of the smallest number of rounds n, two or more, whose interval has at most the wanted half-width: n >= (t s / h)².
 * As t depends on n itself it is found by counting up from the normal distribution's answer, which is a few rounds short.
 * @param standardDeviation of one round's value
 * @param halfWidth on the same scale as the standard deviation
 * @returns Infinity when a million rounds would not do
 * @throws RangeError unless the standard deviation is a number from zero up and the half-width is above zero.
 */
export function roundsNeeded(
  standardDeviation: number,
  halfWidth: number,
  { level = 0.95, borrowing = 1 }: RoundsNeededOptions = {},
): number {
  if (!(standardDeviation >= 0)) throw new RangeError(`a standard deviation cannot be ${standardDeviation}`)
  if (!(halfWidth > 0)) throw new RangeError(`a wanted half-width must be above zero, not ${halfWidth}`)
  const enough = (t: number) => Math.ceil(((t * standardDeviation) / halfWidth) ** 2)
  let rounds = Math.max(2, enough(tQuantile(level, Infinity)))
  while (rounds <= MOST_ROUNDS && rounds < enough(tQuantile(level, borrowing * (rounds - 1)))) rounds++
  return rounds <= MOST_ROUNDS ? rounds : Infinity
}
