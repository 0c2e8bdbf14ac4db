import { mean } from './summary.ts'

/**
 * One value a round for all endpoints together: the mean of their log ratios, which is the log of their geometric mean. The
 * geometric mean is the only one that ranks alike whichever app is the baseline (Fleming & Wallace 1986, "How not to lie with
 * statistics").
 * @param endpoints endpoints[e][r] is the log ratio of endpoint e in round r; NaN or a missing entry is a missing round
 * @returns one value per round, NaN where any endpoint lacks the round: a mean over fewer endpoints would be of something else
 */
export function meanLogOverEndpoints(endpoints: readonly (readonly number[])[]): number[] {
  if (endpoints.length === 0) return []
  const rounds = Math.max(...endpoints.map((endpoint) => endpoint.length))
  return Array.from({ length: rounds }, (_, round) => mean(endpoints.map((endpoint) => endpoint[round] ?? Number.NaN)))
}
