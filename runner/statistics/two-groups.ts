import { orthonormal, unexplained } from './regression.ts'
import { centred, dot, mean } from './summary.ts'

/** A group of one is an outlier. */
const FEWEST_MEMBERS = 2
/**
 * Sum of squares between the groups of the best split over that within them, which one sample in a hundred exceeds that is normal and no
 * two groups: by its size, without, with one and with two covariates. From 40,000 to 400,000 samples each; of what kind the covariates are
 * makes no difference. Long tails exceed it less often, because values far out stand in a group and widen it; a skew of 1.75 up to four
 * times as often.
 */
const CRITICAL: readonly (readonly [values: number, ...betweenOverWithin: number[]])[] = [
  [6, 30.1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [7, 19.7, 42, Number.POSITIVE_INFINITY],
  [8, 14.7, 26, 61],
  [9, 11.8, 18.6, 34],
  [10, 9.97, 14.3, 23.5],
  [12, 7.77, 10.1, 14.2],
  [14, 6.56, 8.15, 10.4],
  [16, 5.82, 7, 8.5],
  [20, 4.9, 5.6, 6.46],
  [24, 4.35, 4.85, 5.43],
  [30, 3.85, 4.17, 4.55],
  [40, 3.38, 3.6, 3.85],
  [60, 2.95, 3.07, 3.2],
  [100, 2.58, 2.64, 2.71],
]
const MOST_COVARIATES = 2
/** Of the squares of a split, what covariates must not explain. */
const LEAST_OF_THEIR_OWN = 0.5
/** Of sums of squares: less is the rounding of what is zero. */
const ROUNDING = 1e-12
/** Groups that follow each other in time with a probability below this are no groups but a change: of the machine, of anything. */
const BY_TIME = 0.05

/** Values that are two groups rather than one. */
export type TwoGroups = NonNullable<ReturnType<typeof twoGroups>>

interface TwoGroupsOptions {
  /** Between the means of the groups, on the scale of the values. */
  readonly leastDistance?: number
  /** At most two things that may move the values, measured beside each of them, and may have two states: groups have to be there besides. */
  readonly covariates?: readonly (readonly number[])[]
}

/**
 * Are values two groups rather than one normal sample? They are split where the sum of squares within the groups is least, and the sum
 * between them over that within is compared with what the best split of a normal sample makes (Engelman & Hartigan 1969, "Percentage
 * points of a test for clusters", Journal of the American Statistical Association 64), at a level of 1 %. With covariates both are
 * what is left when these have explained what they can, of the values as well as of the groups (analysis of covariance). Fewer
 * than six values are not judged, nor is a group of one. What is sorted by time is a trend or a step and no property of single values.
 *
 * Simulated: with a distance of 24 % and spreads of 2 % half of the values are found to be others in 9 of 10 samples of 8 values, and nearly
 * always with 10. A third that is 7 % away, with spreads of 1.5 %: in 1 of 5 samples of 10 values, 2 of 5 of 16, 2 of 3 of 24, 9 of 10 of 40.
 * Few values do not tell more: the best test that knows distance, spreads and shares beforehand finds 1 of 4 with 10.
 * @param values in order of time, on an additive scale such as logs
 * @returns both groups, with their means at that of the covariates, and the sums of squares between over within them, Infinity when all members
 * of a group are equal; null where they are one group, or it cannot be told
 * @throws RangeError with more than two covariates
 */
export function twoGroups(values: readonly number[], { leastDistance = 0, covariates = [] }: TwoGroupsOptions = {}) {
  if (covariates.length > MOST_COVARIATES) throw new RangeError(`at most ${MOST_COVARIATES} covariates, not ${covariates.length}`)
  if (values.length < CRITICAL[0]![0]) return null
  const explaining = orthonormal([values.map(() => 1), ...covariates])
  const rest = unexplained(centred(values), explaining)
  const sorted = [values, rest].map((order) => bestSplit(order, rest, explaining))
  const first = sorted.reduce(better)
  // Where the groups are known the covariates are known better, and so are the groups.
  const best = better(first, bestSplit(atMeanOf(values, first, explaining), rest, explaining))
  if (best.distance < leastDistance || best.betweenOverWithin <= critical(values.length, explaining.length - 1)) return null
  if (countRuns(best.inHigh) === 2 || fewRunsP(best.inHigh) < BY_TIME) return null
  const moved = atMeanOf(values, best, explaining)
  const group = (high: boolean) => {
    const members = moved.filter((_, index) => best.inHigh[index] === high)
    return { mean: mean(members), count: members.length }
  }
  return { low: group(false), high: group(true), betweenOverWithin: best.betweenOverWithin }
}

interface Split {
  readonly inHigh: readonly boolean[]
  /** Between the groups, where the covariates are the same. */
  readonly distance: number
  readonly betweenOverWithin: number
}

function better(one: Split, other: Split): Split {
  return other.betweenOverWithin > one.betweenOverWithin ? other : one
}

/**
 * The best of all splits into high and low values. A split explains (Σ u)² ÷ D of the sum of squares, Σ over its high values, where u is what
 * is unexplained of a value, and D = n − Σ (Σ e)² what is of the split itself, for n high values and all e that explain something.
 * @param order by which values are high
 */
function bestSplit(order: readonly number[], rest: readonly number[], explaining: readonly (readonly number[])[]): Split {
  const descending = order.map((_, index) => index).sort((a, b) => order[b]! - order[a]!)
  const squares = dot(rest, rest)
  const sums = explaining.map(() => 0)
  let sum = 0
  let best = { count: 0, distance: 0, betweenOverWithin: -1 }
  for (let count = 1; count <= order.length - FEWEST_MEMBERS; count++) {
    const index = descending[count - 1]!
    sum += rest[index]!
    for (const [place, vector] of explaining.entries()) sums[place]! += vector[index]!
    if (count < FEWEST_MEMBERS) continue
    const left = count - dot(sums, sums)
    // Groups that go with the covariates: what tells them apart would be the few members that do not.
    if (left < LEAST_OF_THEIR_OWN * (count - count ** 2 / order.length)) continue
    const distance = sum / left
    const between = distance * sum
    const within = squares - between
    const betweenOverWithin = between <= 0 ? 0 : within > ROUNDING * squares ? between / within : Number.POSITIVE_INFINITY
    if (betweenOverWithin > best.betweenOverWithin) best = { count, distance, betweenOverWithin }
  }
  const high = new Set(descending.slice(0, best.count))
  return { ...best, inHigh: order.map((_, index) => high.has(index)) }
}

/** The values, moved to where they would be at the mean of the covariates. */
function atMeanOf(values: readonly number[], { inHigh, distance }: Split, explaining: readonly (readonly number[])[]): number[] {
  const offset = inHigh.map((high) => (high ? distance : 0))
  const plain = values.map((value, index) => value - offset[index]!)
  const centre = mean(plain)
  return unexplained(centred(plain), explaining).map((value, index) => value + offset[index]! + centre)
}

/** Straight between the sizes that were simulated, log over log; larger ones are held to the largest of them. */
function critical(size: number, covariates: number): number {
  const above = CRITICAL.findIndex(([values]) => values >= size)
  const [more, ...of] = CRITICAL.at(above)!
  const [less, ...ofLess] = CRITICAL[Math.max(0, above - 1)]!
  const [atMore, atLess] = [of[covariates]!, ofLess[covariates]!]
  if (above < 0 || more === size) return atMore
  return atLess * (atMore / atLess) ** (Math.log(size / less) / Math.log(more / less))
}

/**
 * Probability of no more runs than there are if the order were random: a run is a stretch of equal marks, so few runs mean that one kind
 * came first and the other later (Wald & Wolfowitz 1940, "On a test whether two samples are from the same population"). Counted exactly.
 * @param marks in order of time
 * @returns from 0 to 1; 1 when all marks are equal
 */
export function fewRunsP(marks: readonly boolean[]): number {
  const [ones, others] = [marks.filter(Boolean).length, marks.filter((mark) => !mark).length]
  if (ones === 0 || others === 0) return 1
  let orders = 0
  for (let runs = 2; runs <= countRuns(marks); runs++) orders += ordersWith(runs, ones, others)
  return orders / binomial(ones + others, ones)
}

export function countRuns(marks: readonly boolean[]): number {
  return marks.filter((mark, index) => index === 0 || mark !== marks[index - 1]).length
}

/** Orders with so many runs: each kind is cut into half of them, rounded up or down. */
function ordersWith(runs: number, ones: number, others: number): number {
  const [less, more] = [Math.floor(runs / 2), Math.ceil(runs / 2)]
  const ways = (onesIn: number, othersIn: number) => binomial(ones - 1, onesIn - 1) * binomial(others - 1, othersIn - 1)
  return ways(less, more) + ways(more, less)
}

function binomial(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i
  return n < k ? 0 : ways
}
