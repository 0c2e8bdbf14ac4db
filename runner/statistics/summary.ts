/** Every summary of a sample here takes finite numbers in any order and leaves its input as it was. */

/** Arithmetic mean, in the unit of the values. @throws RangeError when there are no values. */
export function mean(values: readonly number[]): number {
  requireValues(values, 1, 'a mean')
  let total = 0
  for (const value of values) total += value
  const first = total / values.length
  // A second pass takes out the rounding of the first, so that equal values have exactly their own value as mean.
  let rest = 0
  for (const value of values) rest += value - first
  return first + rest / values.length
}

/** Sum of what is taken of every row, in their order; 0 without rows. */
export function total<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0)
}

/** Arithmetic mean of what is known; null when nothing is. */
export function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : mean(known)
}

/** Sample variance with n - 1 in the denominator, in the unit squared. @throws RangeError below two values. */
export function variance(values: readonly number[]): number {
  requireValues(values, 2, 'a variance')
  const centre = mean(values)
  let squares = 0
  for (const value of values) squares += (value - centre) ** 2
  return squares / (values.length - 1)
}

/** The middle value, or the mean of the two middle ones. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  requireValues(values, 1, 'a median')
  return quantile(values, 0.5)
}

/**
 * The value below which the given share (0 to 1) of the sample lies, interpolated linearly between neighbours:
 * type 7 of Hyndman & Fan, "Sample quantiles in statistical packages" (1996), the default of R and NumPy.
 * @throws RangeError when there are no values or the share lies outside 0 to 1.
 */
export function quantile(values: readonly number[], share: number): number {
  requireValues(values, 1, 'a quantile')
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a quantile needs a share from 0 to 1, not ${share}`)
  const ascending = sorted(values)
  const position = (ascending.length - 1) * share
  const below = Math.floor(position)
  const lower = ascending[below]!
  const upper = ascending[Math.ceil(position)]!
  return lower + (position - below) * (upper - lower)
}

/**
 * Mean of what is left after taking floor(share × n) values off each end (Tukey & McLaughlin 1963).
 * @param share of the values dropped at each end, from 0 to below 0.5
 * @throws RangeError when there are no values or the share lies outside that range.
 */
export function trimmedMean(values: readonly number[], share = 0.2): number {
  requireValues(values, 1, 'a trimmed mean')
  if (!(share >= 0 && share < 0.5)) throw new RangeError(`a trimmed mean needs a share from 0 to below 0.5, not ${share}`)
  const dropped = Math.floor(share * values.length)
  return mean(sorted(values).slice(dropped, values.length - dropped))
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function requireValues(values: readonly number[], least: number, what: string): void {
  if (values.length < least) throw new RangeError(`${what} needs at least ${least} value(s), got ${values.length}`)
}
