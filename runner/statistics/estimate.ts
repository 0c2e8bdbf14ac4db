import { type ModerationOptions, moderateVariances } from './moderated-variance.ts'
import { varianceAround } from './regression.ts'
import { tQuantile, twoSidedP } from './student-t.ts'
import { mean } from './summary.ts'

/** A value and the interval that holds the truth in the given share (level, 0 to 1) of runs. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly level: number
}

/** Infinity does not survive JSON; an interval without an upper end is not known at all. */
export function bounded({ value, low, high, level }: Interval) {
  return Number.isFinite(high) ? { value, low, high, level } : { value, low: null, high: null, level }
}

/** The mean over rounds of one cell, on the scale of its round values, with what its interval was made from. */
export interface MeanEstimate extends Interval {
  /** Of the mean; the standard deviation of a round is this times the square root of `rounds`. */
  readonly standardError: number
  readonly degreesOfFreedom: number
  readonly halfWidth: number
  readonly rounds: number
  /** Probability of a mean this far from zero or farther, either way, if the truth were zero. */
  readonly pValue: number
}

export interface EstimateOptions {
  readonly level?: number
  /** `{ minimumCells: Infinity }` gives every cell its ordinary t interval. */
  readonly moderation?: ModerationOptions
  /**
   * Something measured beside the round values that moves them, covariates[c][r] for cell c in round r: estimates are then those at its
   * mean, and what it explains is not in their intervals (see regression.ts). null for a cell: it has none.
   */
  readonly covariates?: readonly (readonly number[] | null)[]
}

/**
 * Mean and Student-t interval of every cell over its rounds, with variances moderated across the cells (see
 * moderated-variance.ts): the cells given together should be of one kind, such as the log ratios of every app and endpoint.
 * @param columns columns[c] holds the round values of cell c, on any additive scale (log ratios, microseconds). Lengths may
 * differ; NaN marks a missing round. With fewer than two rounds the interval reaches from -Infinity to Infinity; with none the
 * value is NaN.
 * @throws RangeError on an infinite round value, or a level outside 0 to 1.
 */
export function estimateMeans(
  columns: readonly (readonly number[])[],
  { level = 0.95, moderation = {}, covariates = [] }: EstimateOptions = {},
): MeanEstimate[] {
  const cells = columns.map(presentRounds)
  const variances = cells.map((rounds, index) =>
    rounds.length < 2
      ? { variance: Number.NaN, degreesOfFreedom: 0 }
      : varianceAround(rounds, covariates[index]?.filter((_, round) => isPresent(columns[index]![round])) ?? null),
  )
  // Cells mostly share their degrees of freedom, and the quantile is the dear part of an estimate.
  const quantiles = new Map<number, number>()
  return moderateVariances(variances, moderation).cells.map(({ variance, degreesOfFreedom }, index) => {
    const values = cells[index]!
    const rounds = values.length
    if (degreesOfFreedom === 0) return { ...around(values[0] ?? Number.NaN, Infinity, 0, level, Infinity), rounds }
    const quantile = quantiles.get(degreesOfFreedom) ?? tQuantile(level, degreesOfFreedom)
    quantiles.set(degreesOfFreedom, quantile)
    return { ...around(mean(values), Math.sqrt(variance / rounds), degreesOfFreedom, level, quantile), rounds }
  })
}

type Difference = Omit<MeanEstimate, 'rounds'>

/** With an infinite standard error nothing is known but the value. */
function around(value: number, standardError: number, degreesOfFreedom: number, level: number, quantile: number): Difference {
  const [isKnown, halfWidth] = [standardError < Infinity, standardError * quantile]
  const [low, high] = isKnown ? [value - halfWidth, value + halfWidth] : [-Infinity, Infinity]
  const pValue = isKnown && value !== 0 ? twoSidedP(value / standardError, degreesOfFreedom) : 1
  return { value, low, high, level, standardError, degreesOfFreedom, halfWidth, pValue }
}

/** An estimate on the log scale as a ratio: e^value with e^low and e^high around it. */
export function exponentiate(estimate: Interval): Interval {
  const { value, low, high, level } = estimate
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), level }
}

/**
 * The longer arm of the interval as a share of the value: 0.01 is ±1 %. Meant for ratios and costs, not for logs; infinite
 * when the interval is.
 */
export function relativeHalfWidth({ value, low, high }: Interval): number {
  return Math.max(high - value, value - low) / Math.abs(value)
}

function isPresent(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value)
}

function presentRounds(column: readonly number[]): number[] {
  const rounds = column.filter(isPresent)
  const infinite = rounds.find((value) => !Number.isFinite(value))
  if (infinite !== undefined) throw new RangeError(`a round value must be finite, not ${infinite}`)
  return rounds
}

/**
 * Difference of two means from independent samples whose variances may differ (Welch 1947, "The generalization of Student's problem
 * when several different population variances are involved"), on the scale of the means. The degrees of freedom are those of
 * Satterthwaite (1946); each side brings its own, moderated ones too.
 * @returns an interval from -Infinity to Infinity when one side has no variance to go by
 * @throws RangeError on a level outside 0 to 1
 */
export function differenceOfMeans(minuend: MeanEstimate, subtrahend: MeanEstimate, level = 0.95): Difference {
  const value = minuend.value - subtrahend.value
  const sides = [minuend, subtrahend]
  const standardError = Math.hypot(...sides.map((side) => side.standardError))
  if (!Number.isFinite(standardError)) return around(value, Infinity, 0, level, Infinity)
  const borne = sides.reduce((sum, side) => sum + side.standardError ** 4 / side.degreesOfFreedom, 0)
  // Without any spread at all every number of degrees of freedom gives the same interval.
  const degreesOfFreedom = standardError === 0 ? minuend.degreesOfFreedom : standardError ** 4 / borne
  return around(value, standardError, degreesOfFreedom, level, tQuantile(level, degreesOfFreedom))
}

const MOST_ROUNDS = 1e6

/**
 * Forecast of the smallest number of rounds n, two or more, whose interval has at most the wanted half-width: n >= (t s / h)².
 * As t depends on n itself it is found by counting up from the normal distribution's answer, which is a few rounds short.
 * @param standardDeviation of one round's value
 * @param halfWidth on the same scale as the standard deviation
 * @param borrowing degrees of freedom per round after the first: 1 for a cell of its own, up to the borrowing cap for moderated variances
 * @returns Infinity when a million rounds would not do
 * @throws RangeError unless the standard deviation is a number from zero up and the half-width is above zero.
 */
export function roundsNeeded(
  standardDeviation: number,
  halfWidth: number,
  { level = 0.95, borrowing = 1 }: { readonly level?: number; readonly borrowing?: number } = {},
): number {
  if (!(standardDeviation >= 0)) throw new RangeError(`a standard deviation cannot be ${standardDeviation}`)
  if (!(halfWidth > 0)) throw new RangeError(`a wanted half-width must be above zero, not ${halfWidth}`)
  const enough = (t: number) => Math.ceil(((t * standardDeviation) / halfWidth) ** 2)
  let rounds = Math.max(2, enough(tQuantile(level, Infinity)))
  while (rounds <= MOST_ROUNDS && rounds < enough(tQuantile(level, borrowing * (rounds - 1)))) rounds++
  return rounds <= MOST_ROUNDS ? rounds : Infinity
}
