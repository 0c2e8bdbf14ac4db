import { exactSpearmanP } from './spearman-exact.ts'
import { twoSidedP } from './student-t.ts'
import { mean } from './summary.ts'

/**
 * The t approximation calls a perfect order certain. Up to so many pairs the orders are counted instead; beyond, a p-value of 0.001 is
 * still too small by a third (simulated for 15 to 30 pairs).
 */
const MOST_COUNTED = 12

export interface RankCorrelation {
  /** From -1 (one falls whenever the other rises) to 1. */
  readonly coefficient: number
  /** Two-sided: exact for up to twelve pairs without ties, else by the t approximation. */
  readonly pValue: number
}

/**
 * Spearman's rank correlation of paired values, with ties at their mean rank (Spearman 1904; t approximation: Kendall 1948).
 * Fewer than three pairs, or one side all equal, say nothing about a trend: coefficient 0, p-value 1.
 * @throws RangeError when the two sides differ in length.
 */
export function spearman(x: readonly number[], y: readonly number[]): RankCorrelation {
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
  const [centreX, centreY] = [mean(x), mean(y)]
  let [squaresX, squaresY, products] = [0, 0, 0]
  x.forEach((value, index) => {
    const [fromX, fromY] = [value - centreX, y[index]! - centreY]
    squaresX += fromX ** 2
    squaresY += fromY ** 2
    products += fromX * fromY
  })
  if (squaresX === 0 || squaresY === 0) return 0
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresX * squaresY)))
}
