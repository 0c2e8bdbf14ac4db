import type { Precision } from '../measure/stop-rule.ts'
import type { Estimate } from '../result/model.ts'
import {
  estimateMeans,
  exponentiate,
  type MeanEstimate,
  type Estimate as NumberEstimate,
  roundsNeeded,
} from '../statistics/estimate.ts'
import { type Ranking, rankWithTies } from '../statistics/ranks.ts'
import { mean, meanOrNull } from '../statistics/summary.ts'
import { AllInCosts } from './all-in.ts'
import type { CellRound, RoundAnalysis } from './round-analysis.ts'

/** Level of every interval in a result. */
export const LEVEL = 0.95
/** How many degrees of freedom a cell may take from its neighbours, per own one (moderated variances). */
const BORROWING = 3

/** Largest over smallest distance of the CPUs above which it is taken into account. */
const DISTANCE_MOVED = 1.1

/** A cell in one round with all that it costs. */
export interface ChargedRound extends CellRound {
  /** ln of nanoseconds per request, and of its ratio to the baseline in the same blocks. */
  readonly logCost: number
  readonly logRatio: number
  readonly overheadNs: number
  /** The part of the cost that the server used outside its slices; null: not watched. */
  readonly lateNs: number | null
}

/** The round values of one cell, in the order of the rounds. */
export interface CellSeries {
  readonly app: string
  readonly endpoint: string
  readonly rounds: readonly ChargedRound[]
}

/** What of a round estimates are made from; a result keeps it, so they can be made again. */
export type EstimatedRound = Pick<ChargedRound, 'round' | 'logCost' | 'logRatio' | 'overheadNs' | 'logRate' | 'cpuDistanceNs'> & {
  /** null in results of version 0.1. */
  readonly typicalLogCost: number | null
  readonly typicalLogRatio: number | null
  readonly lateNs: number | null
}

/** A cell to estimate. */
export interface EstimatedSeries {
  readonly app: string
  readonly endpoint: string
  readonly rounds: readonly EstimatedRound[]
}

/** Estimates of one cell; logs have been undone. */
export interface CellEstimates {
  readonly cost: Estimate
  /** What most requests cost, and its ratio; null: unknown. */
  readonly typicalCost: Estimate | null
  readonly typicalRatio: Estimate | null
  /** The part of the cost that the server used outside its slices; null: unknown. */
  readonly lateMicroseconds: Estimate | null
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
  readonly requestsPerSecond: Estimate
}

/** One series per cell that has at least one round, with all CPU time charged to requests. */
export function cellSeries(rounds: readonly RoundAnalysis[]): CellSeries[] {
  const costs = new AllInCosts(rounds.map(({ between }) => between))
  const series = new Map<string, { app: string; endpoint: string; rounds: ChargedRound[] }>()
  for (const [index, { cells, baseline, between }] of rounds.entries()) {
    for (const cell of cells) {
      const reference = cells.find(({ app, endpoint }) => app === baseline && endpoint === cell.endpoint)
      if (reference === undefined) continue
      const [own, other] = [costs.of(index, cell.copies), costs.of(index, reference.copies)]
      const key = `${cell.app} ${cell.endpoint}`
      const known = series.get(key) ?? { app: cell.app, endpoint: cell.endpoint, rounds: [] }
      known.rounds.push({
        ...cell,
        logCost: Math.log(own.costNs),
        logRatio: Math.log(own.costNs / other.costNs),
        overheadNs: own.costNs - other.costNs,
        lateNs: between.length === 0 ? null : own.lateNs,
      })
      series.set(key, known)
    }
  }
  return [...series.values()]
}

/** ln of the cost of the second copy of the baseline over that of the first, by endpoint, round by round. */
export function identicalLogRatios(rounds: readonly RoundAnalysis[]): Map<string, number[]> {
  const costs = new AllInCosts(rounds.map(({ between }) => between))
  const byEndpoint = new Map<string, number[]>()
  for (const [index, { cells, baseline }] of rounds.entries()) {
    for (const { app, endpoint, copies } of cells) {
      if (app !== baseline || copies.length !== 2) continue
      const [first, second] = copies.map((copy) => costs.of(index, [copy]).costNs)
      byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), Math.log(second! / first!)])
    }
  }
  return byEndpoint
}

/** Estimates of all cells together, because each borrows what is known of the others' variances. */
export function estimateCells<Series extends EstimatedSeries>(
  all: readonly Series[],
  baseline: string,
): Map<Series, CellEstimates> {
  const others = all.filter(({ app }) => app !== baseline)
  const ratios = new Map(estimateColumns(others, ({ logRatio }) => logRatio).map((estimate, index) => [others[index]!, estimate]))
  const overheads = new Map(others.map((cell) => [cell, estimateColumns([cell], ({ overheadNs }) => overheadNs / 1000)[0]!]))
  const costs = estimateColumns(all, ({ logCost }) => logCost - Math.log(1000))
  const typicalCosts = estimateKnown(all, ({ typicalLogCost }) =>
    typicalLogCost === null ? null : typicalLogCost - Math.log(1000),
  )
  const typicalRatios = estimateKnown(others, ({ typicalLogRatio }) => typicalLogRatio)
  const lates = estimateKnown(all, ({ lateNs }) => (lateNs === null ? null : lateNs / 1000))
  const rates = estimateColumns(all, ({ logRate }) => logRate)
  return new Map(
    all.map((cell, index) => {
      const ratio = ratios.get(cell)
      const overhead = overheads.get(cell)
      return [
        cell,
        {
          cost: bounded(exponentiate(costs[index]!)),
          typicalCost: knownOrNull(typicalCosts.get(cell), exponentiate),
          typicalRatio: ratio === undefined ? exactly(1) : knownOrNull(typicalRatios.get(cell), exponentiate),
          lateMicroseconds: knownOrNull(lates.get(cell)),
          ratio: ratio === undefined ? exactly(1) : bounded(exponentiate(ratio)),
          overheadMicroseconds: overhead === undefined ? exactly(0) : bounded(overhead),
          requestsPerSecond: bounded(exponentiate(rates[index]!)),
        },
      ]
    }),
  )
}

/** Means over rounds of one figure of every cell, with variances moderated over them, and the distance of the CPUs taken into account. */
export function estimateColumns<Round extends Pick<CellRound, 'cpuDistanceNs'>>(
  cells: readonly { readonly rounds: readonly Round[] }[],
  of: (round: Round) => number,
  level = LEVEL,
): MeanEstimate[] {
  return estimateMeans(
    cells.map(({ rounds }) => rounds.map(of)),
    { level, covariates: cells.map(({ rounds }) => distances(rounds)) },
  )
}

function knownOrNull(
  estimate: MeanEstimate | undefined,
  undo: (estimate: MeanEstimate) => NumberEstimate = (same) => same,
): Estimate | null {
  return estimate === undefined ? null : bounded(undo(estimate))
}

/** The same of figures that some cells may not have; those are missing. */
function estimateKnown<Series extends EstimatedSeries>(
  cells: readonly Series[],
  of: (round: EstimatedRound) => number | null,
): Map<Series, MeanEstimate> {
  const known = cells.filter(({ rounds }) => rounds.every((round) => of(round) !== null))
  return new Map(estimateColumns(known, (round) => of(round)!).map((estimate, index) => [known[index]!, estimate]))
}

/** Where an app stands among others. */
export interface Place {
  readonly rank: { readonly low: number; readonly high: number }
  /** Apps that are proven cheaper or more expensive. Ranges of ranks alone do not tell: those of 1–2, 1–3 and 2–3 overlap, and the outer two differ. */
  readonly apartFrom: string[]
}

/** Places of the cells given, by endpoint, from their log ratios to the baseline. */
export function rankCells(cells: readonly CellSeries[]): Map<CellSeries, Place> {
  const places = new Map<CellSeries, Place>()
  for (const endpoint of new Set(cells.map((cell) => cell.endpoint))) {
    const group = cells.filter((cell) => cell.endpoint === endpoint)
    const table = roundTable(group.map(({ rounds }) => new Map(rounds.map(({ round, logRatio }) => [round, logRatio]))))
    const ranking = rankWithTies(table, { covariate: distances(everyRound(group)) })
    const all = placesOf(
      ranking,
      group.map(({ app }) => app),
    )
    for (const [index, cell] of group.entries()) places.set(cell, all[index]!)
  }
  return places
}

/** @param apps in the order of the ranking's columns */
function placesOf({ ranks, pairs }: Ranking, apps: readonly string[]): Place[] {
  return apps.map((_, index) => ({
    rank: ranks[index] ?? { low: 1, high: apps.length },
    apartFrom: pairs
      .filter(({ i, j, verdict }) => (i === index || j === index) && (verdict === 'lower' || verdict === 'higher'))
      .map(({ i, j }) => apps[i === index ? j : i]!),
  }))
}

/** Geometric mean over endpoints, for apps that have every endpoint in a round; ranked among themselves. */
export function estimateOverall(
  all: readonly CellSeries[],
  endpoints: readonly string[],
  baseline: string,
): ({ app: string; ratio: Estimate } & Place)[] {
  const apps = [...new Set(all.map(({ app }) => app))]
  const complete = apps.filter((app) =>
    endpoints.every((endpoint) => all.some((cell) => cell.app === app && cell.endpoint === endpoint)),
  )
  // The mean of the logs is the log of the geometric mean, the only one that ranks alike whichever app is the baseline (Fleming & Wallace
  // 1986, "How not to lie with statistics"). A mean over fewer endpoints would be of something else.
  const rows = complete.map((app) => {
    const series = endpoints.map((endpoint) => all.find((cell) => cell.app === app && cell.endpoint === endpoint)!)
    const logs = series.map(({ rounds }) => new Map(rounds.map(({ round, logRatio }) => [round, logRatio])))
    const rounds = [...new Set(logs.flatMap((log) => [...log.keys()]))]
    return new Map(rounds.map((round) => [round, mean(logs.map((log) => log.get(round) ?? Number.NaN))]))
  })
  const table = roundTable(rows)
  // Of the rounds of the table: one that only an incomplete app has would shift the others.
  const covariate = distances(everyRound(all.filter(({ app }) => complete.includes(app))))
  const places = placesOf(rankWithTies(table, { covariate }), complete)
  // The baseline's ratio is 1 by definition; its variance of zero must not be lent to the others.
  const others = complete.map((_, index) => index).filter((index) => complete[index] !== baseline)
  const means = estimateMeans(
    others.map((index) => table.map((round) => round[index]!)),
    { covariates: others.map(() => covariate) },
  )
  const estimates = new Map(others.map((index, place) => [index, bounded(exponentiate(means[place]!))]))
  return complete.map((app, index) => ({
    app,
    ratio: estimates.get(index) ?? exactly(1),
    ...places[index]!,
  }))
}

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

/**
 * The widest ratio and how many rounds it would take in all to bring every ratio to the wanted half-width (a share of 1). Of the
 * cells that are still measured: one that failed would never get there.
 * @param unquoted apps that are measured for what goes wrong with them, not for their numbers
 */
export function precisionReached(
  rounds: readonly RoundAnalysis[],
  baseline: string,
  wanted: number | null,
  unquoted: readonly string[] = [],
): Precision | null {
  const latest = rounds.at(-1)?.round
  const left = ({ app, rounds: own }: CellSeries) => app !== baseline && !unquoted.includes(app) && own.at(-1)?.round === latest
  const cells = cellSeries(rounds).filter(left)
  if (cells.length === 0) return null
  const estimates = estimateColumns(cells, ({ logRatio }) => logRatio)
  const widths = estimates.map(({ halfWidth }) => Math.expm1(halfWidth))
  const widest = widths.reduce((worst, width, index) => (width > widths[worst]! ? index : worst), 0)
  const { app, endpoint } = cells[widest]!
  return {
    widestHalfWidth: widths[widest]!,
    widestCell: `${app} ${endpoint}`,
    roundsNeeded: wanted === null ? null : Math.max(...estimates.map((estimate) => needed(estimate, wanted))),
  }
}

function needed(estimate: MeanEstimate, wanted: number): number {
  if (!Number.isFinite(estimate.standardError)) return Number.POSITIVE_INFINITY
  const deviation = estimate.standardError * Math.sqrt(estimate.rounds)
  const borrowing = Math.min(BORROWING, estimate.degreesOfFreedom / Math.max(1, estimate.rounds - 1))
  return roundsNeeded(deviation, Math.log1p(wanted), { level: LEVEL, borrowing })
}

/**
 * The distance of the CPUs by round, as a covariate: it moves every cost by the same time, and so the ratios. null: unknown, or it
 * did not move enough to matter. Whether it is used depends on the machine alone, never on a cost.
 */
export function distances(rounds: readonly Pick<CellRound, 'cpuDistanceNs'>[]): number[] | null {
  const known = rounds.map(({ cpuDistanceNs }) => cpuDistanceNs).filter((distance) => distance !== null)
  if (known.length < rounds.length || known.length === 0) return null
  return Math.max(...known) > Math.min(...known) * DISTANCE_MOVED ? known : null
}

/** One entry for every round that any of the cells has, in order: their mean distance. */
function everyRound(cells: readonly CellSeries[]): { round: number; cpuDistanceNs: number | null }[] {
  const byRound = Map.groupBy(
    cells.flatMap(({ rounds }) => rounds),
    ({ round }) => round,
  )
  return [...byRound]
    .sort(([one], [other]) => one - other)
    .map(([round, of]) => ({ round, cpuDistanceNs: meanOrNull(of.map(({ cpuDistanceNs }) => cpuDistanceNs)) }))
}

/** Rows of round values, one column per map; rounds in order, NaN where a column misses one. */
function roundTable(columns: readonly ReadonlyMap<number, number>[]): number[][] {
  const rounds = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b)
  return rounds.map((round) => columns.map((column) => column.get(round) ?? Number.NaN))
}

/** Infinity does not survive JSON; an interval without an upper end is not known at all. */
export function bounded({ value, low, high, level }: NumberEstimate): Estimate {
  return Number.isFinite(high) ? { value, low, high, level } : { value, low: null, high: null, level }
}

function exactly(value: number): Estimate {
  return { value, low: value, high: value, level: LEVEL }
}
