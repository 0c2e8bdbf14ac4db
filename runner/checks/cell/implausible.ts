import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { plausibleRatios } from './plausible-ratios.ts'

/** The bands are known for the endpoint without work only. */
const ENDPOINT = 'hello'

/** Is the ratio one that this package has been seen with? */
export const checkPlausible: CellCheck = (facts) => {
  const { package: name, nodeMajor, isBaseline, isPlain } = facts
  const { endpoint, ratio } = facts.figures
  const band = plausibleRatios.find((known) => known.package === name && nodeMajor >= known.fromNode)
  if (isBaseline || !isPlain || endpoint !== ENDPOINT || band === undefined) return []
  const { low, high } = band
  if (ratio.value >= low && ratio.value <= high) return []
  return [finding('implausible', { ratio: ratio.value, low, high, package: band.package, nodeMajor })]
}
