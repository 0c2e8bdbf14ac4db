import { twoSidedP } from './student-t.ts'
import { centred, dot } from './summary.ts'

/**
 * How much each value resembles the one before it: the first sample autocorrelation, from about -1 to 1 (Box & Jenkins 1970). Of n
 * independent values it lies within ±2/√n in about 95 of 100 samples. 0 when the values are all equal, or fewer than three.
 */
export function lagOneAutocorrelation(values: readonly number[]): number {
  if (values.length < 3) return 0
  const distances = centred(values)
  const squares = dot(distances, distances)
  return squares === 0 ? 0 : dot(distances.slice(1), distances) / squares
}

/**
 * The t approximation calls a perfect order certain. Up to so many pairs the orders are counted instead; beyond, a p-value of 0.001 is
 * still too small by a third (simulated for 15 to 30 pairs).
 */
const MOST_COUNTED = 12

/**
 * Spearman's rank correlation of paired values, with ties at their mean rank (Spearman 1904; t approximation: Kendall 1948), from -1, where
 * one falls whenever the other rises, to 1. The p-value is two-sided: exact for up to twelve pairs without ties, else by the t approximation.
 * Fewer than three pairs, or one side all equal, say nothing about a trend: coefficient 0, p-value 1.
 * @throws RangeError when the two sides differ in length.
 */
export function spearman(x: readonly number[], y: readonly number[]): { coefficient: number; pValue: number } {
  if (x.length !== y.length) throw new RangeError(`pairs need sides of one length, not ${x.length} and ${y.length}`)
  const degreesOfFreedom = x.length - 2
  if (degreesOfFreedom < 1) return { coefficient: 0, pValue: 1 }
  const coefficient = correlation(averageRanks(x), averageRanks(y))
  const tied = [x, y].some((side) => new Set(side).size < side.length)
  if (x.length <= MOST_COUNTED && !tied) return { coefficient, pValue: exactSpearmanP(coefficient, x.length) }
  const t = coefficient * Math.sqrt(degreesOfFreedom / (1 - coefficient ** 2))
  return { coefficient, pValue: twoSidedP(t, degreesOfFreedom) }
}

/** Ranks from 1 for the smallest; equal values share the mean of the ranks they take up. */
export function averageRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length
    const equal = values.filter((other) => other === value).length
    return below + (equal + 1) / 2
  })
}

/** Pearson's coefficient, zero when a side does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const [fromX, fromY] = [centred(x), centred(y)]
  const scale = Math.sqrt(dot(fromX, fromX) * dot(fromY, fromY))
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, dot(fromX, fromY) / scale))
}

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

/** Place by place; by the ranks that are taken already, as bits, how many orders of them have each sum. */
function countOrders(pairs: number): number[] {
  let byTaken = new Map([[0, [1]]])
  for (let place = 0; place < pairs; place++) {
    const next = new Map<number, number[]>()
    for (const [taken, counts] of byTaken) {
      for (let rank = 0; rank < pairs; rank++) {
        const more = taken | (1 << rank)
        if (more === taken) continue
        const target = next.get(more) ?? []
        next.set(more, target)
        counts.forEach((count, sum) => {
          const moved = sum + (rank - place) ** 2
          target[moved] = (target[moved] ?? 0) + count
        })
      }
    }
    byTaken = next
  }
  return [...byTaken.values()][0]!
}
