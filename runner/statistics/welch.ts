import type { MeanEstimate } from './estimate.ts'
import { tQuantile, twoSidedP } from './student-t.ts'

/**
 * Difference of two means from independent samples whose variances may differ (Welch 1947, "The generalization of Student's problem
 * when several different population variances are involved"), on the scale of the means. The degrees of freedom are those of
 * Satterthwaite (1946); each side brings its own, moderated ones too.
 * @returns an interval from -Infinity to Infinity when one side has no variance to go by
 * @throws RangeError on a level outside 0 to 1
 */
export function differenceOfMeans(minuend: MeanEstimate, subtrahend: MeanEstimate, level = 0.95): Omit<MeanEstimate, 'rounds'> {
  const value = minuend.value - subtrahend.value
  const sides = [minuend, subtrahend]
  const standardError = Math.hypot(...sides.map((side) => side.standardError))
  if (!Number.isFinite(standardError)) {
    const unknown = { low: -Infinity, high: Infinity, halfWidth: Infinity, standardError: Infinity, pValue: 1 }
    return { value, level, degreesOfFreedom: 0, ...unknown }
  }
  const degreesOfFreedom = satterthwaite(sides, standardError)
  const halfWidth = standardError * tQuantile(level, degreesOfFreedom)
  const pValue = value === 0 ? 1 : twoSidedP(value / standardError, degreesOfFreedom)
  return { value, low: value - halfWidth, high: value + halfWidth, level, standardError, degreesOfFreedom, halfWidth, pValue }
}

function satterthwaite(sides: readonly MeanEstimate[], standardError: number): number {
  // Without any spread at all every number of them gives the same interval.
  if (standardError === 0) return Math.min(...sides.map((side) => side.degreesOfFreedom))
  return standardError ** 4 / sides.reduce((sum, side) => sum + side.standardError ** 4 / side.degreesOfFreedom, 0)
}
