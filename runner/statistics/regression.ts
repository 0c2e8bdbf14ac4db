import type { VarianceEstimate } from './moderated-variance.ts'
import { twoSidedP } from './student-t.ts'
import { centred, dot, mean, variance } from './summary.ts'

/**
 * Ordinary least squares of y on x (Legendre 1805; test of the slope: Draper & Smith, "Applied Regression Analysis", 1.4). Fewer than
 * three points, or x all equal, say nothing about a slope: slope 0, p-value 1, the mean of y everywhere.
 * @returns the slope, in y's unit per x's unit; `pValue`, the two-sided probability of one as steep or steeper if y did not depend on x, by t
 * with n - 2 degrees of freedom; the variance of y around the line, with as many; and `at`, the line's y at an x
 * @throws RangeError when the sides differ in length, or there is no point.
 */
export function leastSquaresLine(x: readonly number[], y: readonly number[]) {
  if (x.length !== y.length) throw new RangeError(`points need sides of one length, not ${x.length} and ${y.length}`)
  const [centreX, centreY] = [mean(x), mean(y)]
  const [fromX, fromY] = [centred(x), centred(y)]
  const squaresX = dot(fromX, fromX)
  const degreesOfFreedom = x.length - 2
  if (degreesOfFreedom < 1 || squaresX === 0)
    return { slope: 0, pValue: 1, residualVariance: Number.NaN, at: (_: number) => centreY }
  const slope = dot(fromX, fromY) / squaresX
  const at = (value: number) => centreY + slope * (value - centreX)
  const residuals = y.map((value, index) => value - at(x[index]!))
  const residualVariance = dot(residuals, residuals) / degreesOfFreedom
  const t = slope === 0 ? 0 : slope / Math.sqrt(residualVariance / squaresX)
  return { slope, pValue: twoSidedP(t, degreesOfFreedom), residualVariance, at }
}

/** What is left of the square of a vector when others have explained it: less says that it depends on them. */
const DEPENDENT = 1e-9

/**
 * Coefficients b of the linear model y = X b with the least sum of squared residuals (Legendre 1805). Each is the slope of y over what the
 * other columns do not explain of its own (Frisch & Waugh 1933, "Partial time regressions as compared with individual trends").
 * @param rows rows[i] is what the coefficients are multiplied with in observation i; a column of ones makes a constant
 * @returns null when there are fewer rows than coefficients, or the columns depend on each other
 * @throws RangeError when the sides differ in length
 */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): number[] | null {
  if (rows.length !== y.length) throw new RangeError(`observations need sides of one length, not ${rows.length} and ${y.length}`)
  const columns = (rows[0] ?? []).map((_, place) => rows.map((row) => row[place]!))
  const base = orthonormal(columns, DEPENDENT)
  if (columns.length === 0 || base.length < columns.length) return null
  return columns.map((column) => {
    const own = unexplained(column, orthonormal(columns.filter((other) => other !== column)))
    return dot(own, y) / dot(own, own)
  })
}

/**
 * Vectors at right angles and of length 1 that explain the same (Gram & Schmidt); what explains nothing new is left out.
 * @param least share of its square that a vector must have of its own; below it is rounding
 */
export function orthonormal(vectors: readonly (readonly number[])[], least = 1e-12): number[][] {
  const base: number[][] = []
  for (const vector of vectors) {
    const rest = unexplained(vector, base)
    const squares = dot(rest, rest)
    if (squares > least * dot(vector, vector)) base.push(rest.map((value) => value / Math.sqrt(squares)))
  }
  return base
}

/** What vectors at right angles do not explain. */
export function unexplained(values: readonly number[], explaining: readonly (readonly number[])[]): number[] {
  return explaining.reduce<number[]>(
    (left, vector) => {
      const share = dot(left, vector)
      return left.map((value, index) => value - share * vector[index]!)
    },
    [...values],
  )
}

/** With fewer rounds than this a slope costs more than it can give. */
const FEWEST_ROUNDS = 8

/**
 * Variance of round values around their straight line over a covariate that was measured beside them, such as the distance of the
 * CPUs: the residual sum of squares over n - 2 (analysis of covariance; Fisher 1932, "Statistical Methods for Research Workers", §49.1).
 * The mean of the values is then the estimate at the mean of the covariate, and the slope's own error does not touch it, because the two
 * are uncorrelated there. With fewer than 8 rounds, or a covariate that did not move, it is the ordinary variance.
 * @param values one per round, on an additive scale
 * @param covariate of the same rounds, in the same order; NaN anywhere: not used
 * @throws RangeError below two values, or when the lengths differ
 */
export function varianceAround(values: readonly number[], covariate: readonly number[] | null): VarianceEstimate {
  const ordinary = { variance: variance(values), degreesOfFreedom: values.length - 1 }
  if (covariate === null) return ordinary
  if (covariate.length !== values.length) throw new RangeError('a covariate needs one value for every round')
  if (values.length < FEWEST_ROUNDS || covariate.some(Number.isNaN)) return ordinary
  if (covariate.every((x) => x === covariate[0])) return ordinary
  return { variance: leastSquaresLine(covariate, values).residualVariance, degreesOfFreedom: values.length - 2 }
}
