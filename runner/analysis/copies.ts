import type { Estimate } from '../result/model.ts'
import { bounded, estimateMeans, exponentiate } from '../statistics/estimate.ts'
import { excludes, identicalLogRatios, LEVEL } from './estimates.ts'
import type { RoundAnalysis } from './round-analysis.ts'

/** The A/A comparison by endpoint, at a level corrected for their number. */
export function estimateIdentical(rounds: readonly RoundAnalysis[]): { endpoint: string; ratio: Estimate }[] {
  const byEndpoint = identicalLogRatios(rounds)
  const [endpoints, columns] = [[...byEndpoint.keys()], [...byEndpoint.values()]]
  const level = 1 - (1 - LEVEL) / Math.max(1, endpoints.length)
  return estimateMeans(columns, { level }).map((estimate, index) => ({
    endpoint: endpoints[index]!,
    ratio: bounded(exponentiate(estimate)),
  }))
}

/** True when the interval of an A/A ratio holds 1, or is not known. */
export function copiesAgree(ratio: Estimate): boolean {
  return !excludes(ratio, 1)
}

/**
 * What two copies of one server may differ by in a run, as a log: the far end of their intervals on all endpoints, 0 where all agree. One run in
 * twenty has copies that differ by chance; in others something treats two processes differently, and then it may do so to any two, on
 * endpoints where it could not be proven too.
 */
export function boundOf(identical: readonly { readonly ratio: Estimate }[]): number {
  const differing = identical.filter(({ ratio }) => !copiesAgree(ratio))
  return Math.max(0, ...differing.flatMap(({ ratio: { low, high } }) => [low!, high!].map((end) => Math.abs(Math.log(end)))))
}
