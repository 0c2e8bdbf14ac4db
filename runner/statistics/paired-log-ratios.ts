import { mean, trimmedMean } from './summary.ts'

/**
 * One cell in one round: the robust mean, over blocks, of ln(cost ÷ baseline cost).
 *
 * With several copies of the baseline each is paired with the cell and trimmed on its own, and the results are averaged.
 * Averaging the copies first would pair one app's noise with the calmer mean of two: costs are skewed upwards, so even an app
 * equal to the baseline would come out 0.2 to 0.5 % too cheap (simulated: 2 % noise, lognormal or with 5 to 10 % of spikes).
 * The difference of two equally skewed values is symmetric, and its trimmed mean is right.
 *
 * @param costs cost of the cell by block, in any unit; NaN marks a missing slice, and its pairs are left out
 * @param baselineCosts one list per copy of the baseline, in the same unit, by the same block index
 * @returns NaN, a missing round, when a copy has no block in common with the cell
 * @throws RangeError when a cost is not a finite number above zero, lists differ in length, or there is no copy.
 */
export function trimmedLogRatio(costs: readonly number[], baselineCosts: readonly (readonly number[])[]): number {
  if (baselineCosts.length === 0) throw new RangeError('a comparison needs at least one copy of the baseline')
  const logs = costs.map(logCost)
  return mean(baselineCosts.map((copy) => trimmedPairedDifference(logs, copy.map(logCost))))
}

function trimmedPairedDifference(values: readonly number[], baseline: readonly number[]): number {
  if (values.length !== baseline.length) {
    throw new RangeError(`blocks must match: ${values.length} of the cell, ${baseline.length} of the baseline`)
  }
  const differences = values.map((value, block) => value - baseline[block]!).filter((difference) => !Number.isNaN(difference))
  return differences.length === 0 ? Number.NaN : trimmedMean(differences)
}

function logCost(cost: number): number {
  if (cost <= 0 || cost === Infinity) throw new RangeError(`a cost must be a finite number above zero, not ${cost}`)
  return Math.log(cost)
}
