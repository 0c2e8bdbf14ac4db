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
  const distances = centred(values)
  return dot(distances, distances) / (values.length - 1)
}

/** The distances of the values from their mean. */
export function centred(values: readonly number[]): number[] {
  const centre = mean(values)
  return values.map((value) => value - centre)
}

/** Inner product: the sum of the products of what has the same place in both. The other one may be longer. */
export function dot(one: readonly number[], other: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < one.length; index++) sum += one[index]! * other[index]!
  return sum
}

/** The middle value, or the mean of the two middle ones. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
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
  if (!(share >= 0 && share < 0.5)) throw new RangeError(`a trimmed mean needs a share from 0 to below 0.5, not ${share}`)
  const dropped = Math.floor(share * values.length)
  return mean(sorted(values).slice(dropped, values.length - dropped))
}

/**
 * One cell in one round: the robust mean, over blocks, of ln(cost ÷ baseline cost). With several copies of the baseline each is paired with the cell and trimmed on its own, and the results are averaged.
 * Averaging the copies first would pair one app's noise with the calmer mean of two: costs are skewed upwards, so even an app
 * equal to the baseline would come out 0.2 to 0.5 % too cheap (simulated: 2 % noise, lognormal or with 5 to 10 % of spikes).
 * The difference of two equally skewed values is symmetric, and its trimmed mean is right.
 * @param costs cost of the cell by block, in any unit; NaN marks a missing slice, and its pairs are left out
 * @param baselineCosts one list per copy of the baseline, in the same unit, by the same block index
 * @returns NaN, a missing round, when a copy has no block in common with the cell
 * @throws RangeError when a cost is not a finite number above zero, lists differ in length, or there is no copy.
 */
export function trimmedLogRatio(costs: readonly number[], baselineCosts: readonly (readonly number[])[]): number {
  if (baselineCosts.length === 0) throw new RangeError('a comparison needs at least one copy of the baseline')
  const logs = costs.map(logCost)
  const overCopy = (copy: readonly number[]) => {
    if (copy.length !== costs.length)
      throw new RangeError(`blocks must match: ${costs.length} of the cell, ${copy.length} of the baseline`)
    const differences = copy.map((cost, block) => logs[block]! - logCost(cost)).filter((difference) => !Number.isNaN(difference))
    return differences.length === 0 ? Number.NaN : trimmedMean(differences)
  }
  return mean(baselineCosts.map(overCopy))
}

function logCost(cost: number): number {
  if (cost <= 0 || cost === Infinity) throw new RangeError(`a cost must be a finite number above zero, not ${cost}`)
  return Math.log(cost)
}

/**
 * One-sample Hodges-Lehmann estimate of the centre: the median of the means of all pairs of values, each value paired
 * with itself too (Walsh averages). Takes up to 29 % of arbitrary outliers, yet is 95 % as efficient as the mean on normal data
 * (Hodges & Lehmann 1963). Quadratic in the number of values: meant for rounds, of which there are tens.
 * @throws RangeError when there are no values.
 */
export function hodgesLehmann(values: readonly number[]): number {
  const walshAverages = values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2))
  return median(walshAverages)
}

/** The median absolute deviation of the standard normal distribution, and its mean absolute deviation √(2/π). */
const NORMAL_MEDIAN_DEVIATION = 0.6744897501960817
const NORMAL_MEAN_DEVIATION = Math.sqrt(2 / Math.PI)

/**
 * How many robust standard deviations each value lies from the median; beyond ±3.5 counts as an outlier (Iglewicz & Hoaglin 1993,
 * "How to detect and handle outliers"). When more than half of the values are equal the mean distance from the median
 * takes over as the yardstick; when all are equal every score is 0.
 * @throws RangeError when there are no values.
 */
export function modifiedZScores(values: readonly number[]): number[] {
  const centre = median(values)
  const distances = values.map((value) => Math.abs(value - centre))
  const deviation = median(distances) / NORMAL_MEDIAN_DEVIATION || mean(distances) / NORMAL_MEAN_DEVIATION
  return values.map((value) => (deviation === 0 ? 0 : (value - centre) / deviation))
}

/**
 * Slope of y over x as the median of the slopes between all pairs of points with different x, in y's unit per x's unit. Up to
 * 29 % of the points can be arbitrarily wrong (Theil 1950; Sen 1968). Quadratic in the number of points.
 * @throws RangeError when the sides differ in length, or no two points differ in x.
 */
export function theilSenSlope(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length) throw new RangeError(`points need sides of one length, not ${x.length} and ${y.length}`)
  const slopes: number[] = []
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      if (x[i] !== x[j]) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!))
    }
  }
  if (slopes.length === 0) throw new RangeError('a slope needs at least two points that differ in x')
  return median(slopes)
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

function requireValues(values: readonly number[], least: number, what: string): void {
  if (values.length < least) throw new RangeError(`${what} needs at least ${least} value(s), got ${values.length}`)
}
