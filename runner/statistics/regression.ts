import type { VarianceEstimate } from './moderated-variance.ts'
import { twoSidedP } from './student-t.ts'
import { mean, variance } from './summary.ts'

/** The straight line through points with the least squares of distances in y. */
export interface Line {
  /** In y's unit per x's unit. */
  readonly slope: number
  /** Two-sided probability of a slope this steep or steeper if y did not depend on x, by t with n - 2 degrees of freedom. */
  readonly pValue: number
  /** The line's y at an x. */
  at(x: number): number
}

/**
 * Ordinary least squares of y on x (Legendre 1805; test of the slope: Draper & Smith, "Applied Regression Analysis", 1.4). Fewer than
 * three points, or x all equal, say nothing about a slope: slope 0, p-value 1, the mean of y everywhere.
 * @throws RangeError when the sides differ in length, or there is no point.
 */
export function leastSquaresLine(x: readonly number[], y: readonly number[]): Line {
  if (x.length !== y.length) throw new RangeError(`points need sides of one length, not ${x.length} and ${y.length}`)
  const [centreX, centreY] = [mean(x), mean(y)]
  const squaresX = x.reduce((sum, value) => sum + (value - centreX) ** 2, 0)
  if (x.length < 3 || squaresX === 0) return { slope: 0, pValue: 1, at: () => centreY }
  const slope = x.reduce((sum, value, index) => sum + (value - centreX) * (y[index]! - centreY), 0) / squaresX
  const at = (value: number) => centreY + slope * (value - centreX)
  const degreesOfFreedom = x.length - 2
  const residualVariance = x.reduce((sum, value, index) => sum + (y[index]! - at(value)) ** 2, 0) / degreesOfFreedom
  const t = slope === 0 ? 0 : slope / Math.sqrt(residualVariance / squaresX)
  return { slope, pValue: twoSidedP(t, degreesOfFreedom), at }
}

/** Pivots below this share of their column say that the columns depend on each other. */
const SINGULAR = 1e-9

/**
 * Coefficients b of the linear model y = X b with the least sum of squared residuals (Legendre 1805), by the normal equations: for a
 * handful of coefficients of like size.
 * @param rows rows[i] is what the coefficients are multiplied with in observation i; a column of ones makes a constant
 * @returns null when there are fewer rows than coefficients, or the columns depend on each other
 * @throws RangeError when the sides differ in length
 */
export function leastSquares(rows: readonly (readonly number[])[], y: readonly number[]): number[] | null {
  if (rows.length !== y.length) throw new RangeError(`observations need sides of one length, not ${rows.length} and ${y.length}`)
  const size = rows[0]?.length ?? 0
  if (size === 0 || rows.length < size) return null
  const sum = (of: (row: readonly number[], index: number) => number) =>
    rows.reduce((total, row, index) => total + of(row, index), 0)
  const equations = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => sum((row) => row[i]! * row[j]!)),
    sum((row, index) => row[i]! * y[index]!),
  ])
  return solve(equations)
}

/** Gauss-Jordan elimination with the largest pivot; every equation is its coefficients and its right side. */
function solve(equations: number[][]): number[] | null {
  const size = equations.length
  const scales = equations.map((equation, index) => Math.abs(equation[index]!))
  for (let column = 0; column < size; column++) {
    const rest = equations.slice(column)
    const pivot =
      column + rest.indexOf(rest.reduce((best, one) => (Math.abs(one[column]!) > Math.abs(best[column]!) ? one : best)))
    ;[equations[column], equations[pivot]] = [equations[pivot]!, equations[column]!]
    const divisor = equations[column]![column]!
    if (!(Math.abs(divisor) > SINGULAR * scales[column]!)) return null
    equations[column] = equations[column]!.map((value) => value / divisor)
    for (let other = 0; other < size; other++) {
      if (other === column) continue
      const factor = equations[other]![column]!
      equations[other] = equations[other]!.map((value, index) => value - factor * equations[column]![index]!)
    }
  }
  return equations.map((equation) => equation[size]!)
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
  const line = leastSquaresLine(covariate, values)
  const residual = values.reduce((sum, y, index) => sum + (y - line.at(covariate[index]!)) ** 2, 0)
  return { variance: residual / (values.length - 2), degreesOfFreedom: values.length - 2 }
}
