import type { Estimate, Finding } from '../../result.ts'
import { excludes } from '../interval.ts'
import { finding } from '../registry.ts'
import { MARGIN } from '../thresholds.ts'

/** The A/A finding of one endpoint, or none: it holds for every cell of that endpoint. */
export function checkIdentical(endpoint: string, ratio: Estimate): Finding[] {
  if (copiesAgree(ratio)) return []
  const facts = { endpoint, ratio: ratio.value, low: ratio.low, high: ratio.high }
  const far = Math.abs(Math.log(ratio.value)) > Math.log1p(MARGIN)
  return [finding(far ? 'identical-differ' : 'identical-slightly-differ', facts)]
}

/** True when the interval of an A/A ratio holds 1, or is not known. */
export function copiesAgree(ratio: Estimate): boolean {
  return !excludes(ratio, 1)
}
