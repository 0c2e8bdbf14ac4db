/** Squared rank distances of n pairs: how many of the n! orders have each sum; the index is the sum. */
const countsByPairs = new Map<number, readonly number[]>()

/**
 * Two-sided p-value of Spearman's coefficient over all n! orders of n pairs without ties, each as likely as the other (Kendall 1948,
 * "Rank Correlation Methods", table 2). Counted by dynamic programming over subsets, 2ⁿ n³ steps: meant for up to a dozen pairs, where
 * the t approximation calls a perfect order certain.
 * @throws RangeError unless there are 2 to 12 pairs.
 */
export function exactSpearmanP(coefficient: number, pairs: number): number {
  if (!(Number.isInteger(pairs) && pairs >= 2 && pairs <= 12)) throw new RangeError(`2 to 12 pairs, not ${pairs}`)
  const counts = countsByPairs.get(pairs) ?? countOrders(pairs)
  countsByPairs.set(pairs, counts)
  const largestSum = (pairs * (pairs ** 2 - 1)) / 3
  // The sum of squared distances that goes with the coefficient; its mirror image is as far from no correlation.
  const sum = Math.round(((1 - Math.abs(coefficient)) * largestSum) / 2)
  const all = counts.reduce((total, count) => total + count, 0)
  const oneTail = counts.slice(0, sum + 1).reduce((total, count) => total + count, 0) / all
  return Math.min(1, 2 * oneTail)
}

function countOrders(pairs: number): number[] {
  const sums = (pairs * (pairs ** 2 - 1)) / 3 + 1
  const bySubset: (number[] | undefined)[] = new Array(1 << pairs)
  bySubset[0] = [1]
  for (let subset = 0; subset < 1 << pairs; subset++) {
    const counts = bySubset[subset]!
    const place = bitsIn(subset)
    for (let rank = 0; rank < pairs; rank++) {
      const larger = subset | (1 << rank)
      if (larger === subset) continue
      bySubset[larger] ??= new Array<number>(sums).fill(0)
      const target = bySubset[larger]
      counts.forEach((count, sum) => {
        if (count > 0) target[sum + (rank - place) ** 2]! += count
      })
    }
    if (place < pairs) bySubset[subset] = undefined
  }
  return bySubset[(1 << pairs) - 1]!
}

function bitsIn(subset: number): number {
  let bits = 0
  for (let left = subset; left > 0; left &= left - 1) bits++
  return bits
}
