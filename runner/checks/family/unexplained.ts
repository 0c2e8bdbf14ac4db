import { leastSquaresLine } from '../../statistics/linear-regression.ts'
import { mean } from '../../statistics/summary.ts'

/** Values by round, moved to where they would be at the mean of the covariate; null: as they are. */
export function unexplained(values: readonly number[], covariate: readonly number[] | null): number[] {
  if (covariate === null) return [...values]
  const line = leastSquaresLine(covariate, values)
  const level = line.at(mean(covariate))
  return values.map((value, index) => value - line.at(covariate[index]!) + level)
}
