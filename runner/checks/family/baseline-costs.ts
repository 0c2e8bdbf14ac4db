import { quantile } from '../../statistics/summary.ts'
import type { CellFacts } from '../cell-facts.ts'

/** Fast and slow are the 10th and the 90th percentile of the rounds: the very ends belong to single processes. */
const [FAST, SLOW] = [0.1, 0.9]

/** ln of what the baseline cost on the endpoint of a cell, by round; empty where there is none. */
export function baselineCosts({ figures }: CellFacts, all: readonly CellFacts[]): Map<number, number> {
  const baseline = all.find((one) => one.isBaseline && one.figures.endpoint === figures.endpoint)
  return new Map(baseline?.figures.perRound.map(({ round, costMicroseconds }) => [round, Math.log(costMicroseconds)]))
}

/**
 * ln of what the baseline cost while the machine was fast and while it was slow; null: they are not apart.
 * @param apart by how much more it costs while the machine is slow, share
 */
export function fastAndSlow(logCosts: readonly number[], apart: number): { readonly fast: number; readonly slow: number } | null {
  const [fast, slow] = [quantile(logCosts, FAST), quantile(logCosts, SLOW)]
  return Math.expm1(slow - fast) > apart ? { fast, slow } : null
}
