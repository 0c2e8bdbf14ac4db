import { mean } from './summary.ts'

/**
 * How much each value resembles the one before it: the first sample autocorrelation, from about -1 to 1 (Box & Jenkins 1970). Of n
 * independent values it lies within ±2/√n in about 95 of 100 samples. 0 when the values are all equal, or fewer than three.
 */
export function lagOneAutocorrelation(values: readonly number[]): number {
  if (values.length < 3) return 0
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  const products = values.slice(1).reduce((sum, value, index) => sum + (value - centre) * (values[index]! - centre), 0)
  return squares === 0 ? 0 : products / squares
}
