import { mean, median, medianAbsoluteDeviation } from './summary.ts'

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
  const deviation = medianAbsoluteDeviation(values) / NORMAL_MEDIAN_DEVIATION || mean(distances) / NORMAL_MEAN_DEVIATION
  return values.map((value) => (deviation === 0 ? 0 : (value - centre) / deviation))
}
