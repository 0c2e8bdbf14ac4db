import type { Estimate, Finding } from '../../result/model.ts'
import { type FindingKind, findingOf, fixed, percent } from './finding-kind.ts'
import { excludes } from './interval.ts'
import { MARGIN } from './thresholds.ts'

const copies = ({ endpoint, ratio, low, high }: Parameters<FindingKind['message']>[0]) =>
  `${endpoint}: ${fixed(ratio, 4)} [${fixed(low, 4)}, ${fixed(high, 4)}]`

export const identicalKinds = {
  'identical-differ': {
    severity: 'invalid',
    scope: 'run',
    meaning: `The two copies of the baseline differ by more than ${percent(MARGIN, 0)}, and the interval of their ratio (95 %, corrected for the number of endpoints) excludes 1. Holds for all cells of the endpoint.`,
    message: (facts) =>
      `two copies of the same server differ on ${copies(facts)}; no difference of this size is credible in this run`,
    advice: 'Measure again on a quieter machine; if it comes back, something treats the two copies differently.',
  },
  'identical-slightly-differ': {
    severity: 'note',
    scope: 'run',
    meaning: `As identical-differ, but they differ by ${percent(MARGIN, 0)} or less. One run in twenty shows it by chance.`,
    message: (facts) =>
      `two copies of the same server differ a little on ${copies(facts)}; intervals may be that much too narrow`,
    advice: 'Take differences of this size for none; one run in twenty shows this by chance.',
  },
} as const satisfies Record<string, FindingKind>

const finding = findingOf(identicalKinds)

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
