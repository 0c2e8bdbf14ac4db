import { twoSidedP } from './student-t.ts'
import { mean } from './summary.ts'

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
