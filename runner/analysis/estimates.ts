import type { Estimate, MeasuredCell, RoundValue } from '../result/model.ts'
import {
  bounded,
  estimateMeans,
  exponentiate,
  type Interval,
  type MeanEstimate,
  relativeHalfWidth,
} from '../statistics/estimate.ts'
import { AllInCosts } from './all-in.ts'
import type { CellRound, RoundAnalysis } from './round-analysis.ts'

/** Level of every interval in a result. */
export const LEVEL = 0.95
/** Level of the position effect: it is looked at in every run, and there is one. */
export const POSITION_LEVEL = 0.99

/** Largest over smallest distance of the CPUs above which it is taken into account. */
const DISTANCE_MOVED = 1.1

interface FigureKind {
  /** Its name in a cell, whose mean over the rounds it is: the arithmetic one, or the geometric one of what cannot be below zero. */
  readonly cell: keyof MeasuredCell
  readonly mean: 'arithmetic' | 'geometric'
  /** Over the baseline, which has exactly this itself. */
  readonly ofBaseline?: number
  /** Its variances are so different from cell to cell that none are borrowed. */
  readonly alone?: true
}

/** Every figure of a round of which a cell has the mean. */
const FIGURES = {
  costMicroseconds: { cell: 'cost', mean: 'geometric' },
  ratio: { cell: 'ratio', mean: 'geometric', ofBaseline: 1 },
  overheadMicroseconds: { cell: 'overheadMicroseconds', mean: 'arithmetic', ofBaseline: 0, alone: true },
  typicalCostMicroseconds: { cell: 'typicalCost', mean: 'geometric' },
  typicalRatio: { cell: 'typicalRatio', mean: 'geometric', ofBaseline: 1 },
  lateMicroseconds: { cell: 'lateMicroseconds', mean: 'arithmetic' },
  requestsPerSecond: { cell: 'requestsPerSecond', mean: 'geometric' },
} as const satisfies Partial<Record<keyof RoundValue, FigureKind>>

type Figures = typeof FIGURES
const figures = Object.entries(FIGURES) as [keyof Figures, FigureKind][]

/** The rounds of one cell, in their order. */
export interface Series {
  readonly app: string
  readonly endpoint: string
  readonly rounds: readonly RoundValue[]
}

/** With what was measured in each of them. */
export interface CellSeries extends Series {
  readonly measured: readonly CellRound[]
}

/** Estimates of one cell. */
export type CellEstimates = Pick<MeasuredCell, Figures[keyof Figures]['cell']>

/**
 * In rounds of a few requests, a server may by itself have used more for a moment than it then uses in all: what is left after that is taken
 * off is no cost of a request, and the round says nothing of it.
 */
const isKnown = ({ costNs }: { readonly costNs: number }) => costNs > 0

/** One series per cell that has at least one round, with all CPU time charged to requests. */
export function cellSeries(rounds: readonly RoundAnalysis[]): CellSeries[] {
  const costs = new AllInCosts(rounds.map(({ between }) => between))
  const charged = rounds.flatMap(({ cells, baseline, between }, index) =>
    cells.flatMap((measured) => {
      const reference = cells.find(({ app, endpoint }) => app === baseline && endpoint === measured.endpoint)
      if (reference === undefined) return []
      const [own, other] = [costs.of(index, measured.copies), costs.of(index, reference.copies)]
      if (!isKnown(own) || !isKnown(other)) return []
      const value: RoundValue = {
        ...measured.value,
        costMicroseconds: own.costNs / 1000,
        ratio: own.costNs / other.costNs,
        overheadMicroseconds: (own.costNs - other.costNs) / 1000,
        lateMicroseconds: between.length === 0 ? null : own.lateNs / 1000,
      }
      return [{ measured, value }]
    }),
  )
  const byCell = Map.groupBy(charged, ({ measured: { app, endpoint } }) => `${app} ${endpoint}`)
  return [...byCell.values()].map((own) => {
    const [{ measured }] = own as [(typeof own)[0]]
    const { app, endpoint } = measured
    return { app, endpoint, rounds: own.map(({ value }) => value), measured: own.map((round) => round.measured) }
  })
}

/** ln of the cost of the second copy of the baseline over that of the first, by endpoint, round by round. */
export function identicalLogRatios(rounds: readonly RoundAnalysis[]): Map<string, number[]> {
  const costs = new AllInCosts(rounds.map(({ between }) => between))
  const byEndpoint = new Map<string, number[]>()
  for (const [index, { cells, baseline }] of rounds.entries()) {
    for (const { app, endpoint, copies } of cells) {
      if (app !== baseline || copies.length !== 2) continue
      const both = copies.map((copy) => costs.of(index, [copy]))
      if (!both.every(isKnown)) continue
      const [first, second] = both.map(({ costNs }) => costNs)
      byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), Math.log(second! / first!)])
    }
  }
  return byEndpoint
}

/**
 * Estimates of all cells together, because each borrows what is known of the others' variances.
 * @param bound what two copies of one server may differ by in this run, as a log (`boundOf`): in every interval over the baseline
 */
export function estimateCells(all: readonly CellSeries[], baseline: string, bound = 0): Map<CellSeries, CellEstimates> {
  const estimates = new Map<CellSeries, Partial<Record<keyof MeasuredCell, Estimate | null>>>(all.map((cell) => [cell, {}]))
  for (const [name, { cell: told, mean: kind, ofBaseline, alone = false }] of figures) {
    const isExact = ({ app }: CellSeries) => ofBaseline !== undefined && app === baseline
    const known = all.filter((cell) => !isExact(cell) && cell.rounds.every((round) => round[name] !== null))
    const [averaged, undone] = kind === 'geometric' ? [Math.log, exponentiate] : [Number, (mean: Interval) => mean]
    const means = (cells: readonly CellSeries[]) =>
      estimateColumns(
        cells.map(({ rounds }) => rounds),
        (round) => averaged(round[name]!),
      )
    const found = alone ? known.flatMap((cell) => means([cell])) : means(known)
    for (const cell of all) estimates.get(cell)![told] = isExact(cell) ? exactly(ofBaseline!) : null
    for (const [index, cell] of known.entries()) estimates.get(cell)![told] = bounded(undone(found[index]!))
  }
  for (const [{ app }, own] of estimates as Map<CellSeries, CellEstimates>) {
    if (app === baseline) continue
    own.overheadMicroseconds = widenedDifference(own.overheadMicroseconds, own.cost.value / own.ratio.value, bound)
    own.ratio = widened(own.ratio, bound)
    if (own.typicalRatio !== null) own.typicalRatio = widened(own.typicalRatio, bound)
  }
  return estimates as Map<CellSeries, CellEstimates>
}

/** Means over rounds of one figure of every cell, with variances moderated over them, and the distance of the CPUs taken into account. */
export function estimateColumns<Round extends Pick<RoundValue, 'cpuDistanceNanoseconds'>>(
  cells: readonly (readonly Round[])[],
  of: (round: Round) => number,
  level = LEVEL,
): MeanEstimate[] {
  return estimateMeans(
    cells.map((rounds) => rounds.map(of)),
    { level, covariates: cells.map(distances) },
  )
}

/**
 * How much something changes within a round in every cell, percent, over the rounds; at a level corrected for the number of cells
 * (Bonferroni). Cells without enough blocks are missing.
 */
export function estimateChanges(all: readonly CellSeries[], change: 'drift' | 'helperFall'): Map<CellSeries, Estimate> {
  const level = 1 - (1 - LEVEL) / Math.max(1, all.length)
  const cells = all
    .map((cell) => ({ cell, changes: cell.measured.map((round) => round[change]).filter((one) => one !== null) }))
    .filter(({ changes }) => changes.length > 0)
  const estimates = estimateMeans(
    cells.map(({ changes }) => changes),
    { level },
  )
  return new Map(cells.map(({ cell }, index) => [cell, rescaled(bounded(estimates[index]!), (share) => share * 100)]))
}

/** Cost in the last place of a block over the cost in the first, over the rounds; null: no round has places to compare. */
export function estimatePosition(rounds: readonly RoundAnalysis[]): Estimate | null {
  const effects = rounds.flatMap(({ positionEffect }) => positionEffect ?? [])
  if (effects.length === 0) return null
  return bounded(exponentiate(estimateMeans([effects], { level: POSITION_LEVEL })[0]!))
}

/**
 * The distance of the CPUs by round, as a covariate: it moves every cost by the same time, and so the ratios. null: unknown, or it
 * did not move enough to matter. Whether it is used depends on the machine alone, never on a cost.
 */
export function distances(rounds: readonly Pick<RoundValue, 'cpuDistanceNanoseconds'>[]): number[] | null {
  const known = rounds.map(({ cpuDistanceNanoseconds }) => cpuDistanceNanoseconds).filter((distance) => distance !== null)
  if (known.length < rounds.length || known.length === 0) return null
  return Math.max(...known) > Math.min(...known) * DISTANCE_MOVED ? known : null
}

export function exactly(value: number): Estimate {
  return { value, low: value, high: value, level: LEVEL }
}

/** An estimate of what grows with another one: the ends of the interval are its ends. */
export function rescaled({ value, low, high, level }: Estimate, by: (value: number) => number): Estimate {
  return { value: by(value), low: low === null ? null : by(low), high: high === null ? null : by(high), level }
}

/** The longer arm of an interval as a share of the value; null: no interval. */
export function relativeWidth({ value, low, high, level }: Estimate): number | null {
  return low === null || high === null ? null : relativeHalfWidth({ value, low, high, level })
}

/** A ratio whose interval holds a bound of both sides as well. */
export function widened(ratio: Estimate, bound: number): Estimate {
  const [down, up] = [Math.exp(-bound), Math.exp(bound)]
  return { ...ratio, low: ratio.low === null ? null : ratio.low * down, high: ratio.high === null ? null : ratio.high * up }
}

/** The same of a difference to a cost, in the unit of both. */
export function widenedDifference(difference: Estimate, cost: number, bound: number): Estimate {
  const { low, high } = difference
  const reach = cost * Math.expm1(bound)
  return { ...difference, low: low === null ? null : low - reach, high: high === null ? null : high + reach }
}

/** The interval is known and does not hold the number. */
export function excludes({ low, high }: Estimate, number: number): boolean {
  return low !== null && high !== null && (low > number || high < number)
}
