import { leastSquaresLine } from './linear-regression.ts'
import type { VarianceEstimate } from './moderated-variance.ts'
import { variance } from './summary.ts'

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
