import { median } from './summary.ts'

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
