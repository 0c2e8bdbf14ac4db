import { estimateMeans } from './estimate.ts'

/** App i against app j, i < j, by their indices. */
export interface RankedPair {
  readonly i: number
  readonly j: number
  /**
   * Mean over rounds of ln(cost of i ÷ cost of j), with its own interval at level 1 - alpha, not widened for being one of many.
   */
  readonly meanDifference: number
  readonly low: number
  readonly high: number
  /** Against no difference, adjusted over all pairs by Holm's method. */
  readonly adjustedP: number
  /**
   * `lower` or `higher`: the first app of the pair is cheaper or more expensive than the second, proven, and by more than the margin.
   * `tie`: the whole interval lies within the margin; they may differ, provably even, but not by as much as matters.
   * `undecided`: neither is shown; more rounds may tell.
   */
  readonly verdict: 'lower' | 'higher' | 'tie' | 'undecided'
}

interface RankOptions {
  /** Accepted probability that any verdict `lower` or `higher` in the family is given to apps that are equal. */
  readonly alpha?: number
  /** Differences of log costs up to this do not matter to anyone. */
  readonly margin?: number
  /** The same, known with an uncertainty of its own: intervals have to lie beyond it. */
  readonly bound?: number
  /** One number a round, the same for all apps; see EstimateOptions. */
  readonly covariate?: readonly number[] | null
}

/**
 * Ranks apps by cost without pretending to know an order where there is none. Every pair is compared within rounds by a t test
 * with moderated variances; an app's rank runs from one more than the number of apps proven cheaper to the number not proven
 * more expensive, which holds for all apps at once with probability 1 - alpha (Al Mohamad, Goeman & van Zwet 2017, arXiv:1708.02729).
 * @param logCosts logCosts[r][a] is ln(cost) of app a in round r; NaN where it is missing, so a pair uses the rounds that have
 * both
 * @returns of every app, in the order of the columns, all ranks that it may have, 1 for the cheapest; and all pairs
 * @throws RangeError when rounds differ in length, or a log cost is infinite.
 */
export function rankWithTies(
  logCosts: readonly (readonly number[])[],
  { alpha = 0.05, margin = Math.log(1.01), bound = 0, covariate = null }: RankOptions = {},
) {
  const apps = logCosts[0]?.length ?? 0
  if (logCosts.some((round) => round.length !== apps)) throw new RangeError('every round needs an entry for every app')
  const indices = Array.from({ length: apps }, (_, app) => app)
  const matches = indices.flatMap((i) => indices.slice(i + 1).map((j) => ({ i, j })))
  const estimates = estimateMeans(
    matches.map(({ i, j }) => logCosts.map((round) => round[i]! - round[j]!)),
    { level: 1 - alpha, covariates: matches.map(() => covariate) },
  )
  const adjusted = holm(estimates.map((estimate) => estimate.pValue))
  const pairs = matches.map((match, index): RankedPair => {
    const { value: meanDifference, low, high } = estimates[index]!
    const adjustedP = adjusted[index]!
    const beyond = bound === 0 || low > bound || high < -bound
    const proven = beyond && adjustedP < alpha && Math.abs(meanDifference) > margin
    const undirected = low >= -margin && high <= margin ? 'tie' : 'undecided'
    const directed = meanDifference < 0 ? 'lower' : 'higher'
    return { ...match, meanDifference, low, high, adjustedP, verdict: proven ? directed : undirected }
  })
  return { ranks: indices.map((app) => rankOf(app, apps, pairs)), pairs }
}

function rankOf(app: number, apps: number, pairs: readonly RankedPair[]): { low: number; high: number } {
  const cheaper = pairs.filter(({ i, j, verdict }) => (i === app && verdict === 'higher') || (j === app && verdict === 'lower'))
  const costlier = pairs.filter(({ i, j, verdict }) => (i === app && verdict === 'lower') || (j === app && verdict === 'higher'))
  return { low: 1 + cheaper.length, high: apps - costlier.length }
}

/**
 * P-values adjusted for being many, in the order given: declaring all below α significant makes even one false claim in at most
 * a share α of families, however the tests depend on each other (Holm 1979, "A simple sequentially rejective multiple test
 * procedure").
 * @throws RangeError on a p-value outside 0 to 1.
 */
export function holm(pValues: readonly number[]): number[] {
  const wrong = pValues.find((p) => !(p >= 0 && p <= 1))
  if (wrong !== undefined) throw new RangeError(`a p-value must lie from 0 to 1, not ${wrong}`)
  const fromSmallest = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(pValues.length)
  let largestSoFar = 0
  fromSmallest.forEach(({ p, index }, position) => {
    largestSoFar = Math.max(largestSoFar, Math.min(1, p * (pValues.length - position)))
    adjusted[index] = largestSoFar
  })
  return adjusted
}
