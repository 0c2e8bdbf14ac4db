import { bounded, estimateColumns } from '../analysis/estimates.ts'
import type { Estimate, MeasuredCell, RoundValue } from '../result.ts'
import { exponentiate } from '../statistics/estimate.ts'

/** What one round says of something; rounds are the statistical unit of every study. */
export interface Figure {
  readonly round: number
  readonly value: number
  /** Mean distance of the two CPUs, nanoseconds; null: unknown. Estimates take it into account. */
  readonly cpuDistanceNs: number | null
}

/** One figure of a cell by round; rounds that do not have it are left out. */
export function figuresOf(
  { perRound }: Pick<MeasuredCell, 'perRound'>,
  of: (round: RoundValue) => number | null | undefined,
): Figure[] {
  return perRound.flatMap((round) => {
    const value = of(round)
    return value == null ? [] : [{ round: round.round, value, cpuDistanceNs: round.cpuDistanceNanoseconds }]
  })
}

/** Costs of a cell by round, microseconds. */
export function costsOf(cell: Pick<MeasuredCell, 'perRound'>): Figure[] {
  return figuresOf(cell, ({ costMicroseconds }) => costMicroseconds)
}

/** Means over rounds with their intervals, all together: each borrows what is known of the others' variances. null: no round. */
export function estimateFigures(columns: readonly (readonly Figure[])[]): (Estimate | null)[] {
  return estimated(columns, bounded)
}

/** The same of logs: ratios and costs, multiplied out again. */
export function estimateLogs(columns: readonly (readonly Figure[])[]): (Estimate | null)[] {
  return estimated(columns, (estimate) => bounded(exponentiate(estimate)))
}

/** Figure by figure of the rounds that both have. */
export function combine(one: readonly Figure[], other: readonly Figure[], how: (a: number, b: number) => number): Figure[] {
  const others = new Map(other.map((figure) => [figure.round, figure.value]))
  return one.flatMap(({ round, value, cpuDistanceNs }) => {
    const second = others.get(round)
    return second === undefined ? [] : [{ round, cpuDistanceNs, value: how(value, second) }]
  })
}

/** How much one is beyond the other, as a log, round by round. */
export function logRatios(one: readonly Figure[], other: readonly Figure[]): Figure[] {
  return combine(one, other, (own, reference) => Math.log(own / reference))
}

/** Where an estimate stands in a chart. */
export function barOf({ value, low, high }: Estimate) {
  return { y: value, low, high }
}

function estimated(
  columns: readonly (readonly Figure[])[],
  finish: (estimate: Parameters<typeof bounded>[0]) => Estimate,
): (Estimate | null)[] {
  const known = columns.map((rounds) => ({ rounds })).filter(({ rounds }) => rounds.length > 0)
  const estimates = estimateColumns(known, ({ value }: Figure) => value).map(finish)
  let next = 0
  return columns.map(({ length }) => (length === 0 ? null : estimates[next++]!))
}
