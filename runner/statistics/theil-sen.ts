import { median } from './summary.ts'

/**
 * Slope of y over x as the median of the slopes between all pairs of points with different x, in y's unit per x's unit. Up to
 * 29 % of the points can be arbitrarily wrong (Theil 1950; Sen 1968). Quadratic in the number of points.
 * @throws RangeError when the sides differ in length, or no two points differ in x.
 */
export function theilSenSlope(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length) throw new RangeError(`points need sides of one length, not ${x.length} and ${y.length}`)
  const slopes: number[] = []
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) {
      if (x[i] !== x[j]) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!))
    }
  }
  if (slopes.length === 0) throw new RangeError('a slope needs at least two points that differ in x')
  return median(slopes)
}
