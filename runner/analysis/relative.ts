import type { Estimate, MeasuredCell, Result, RoundValue } from '../result/model.ts'
import { exponentiate } from '../statistics/estimate.ts'
import { bounded, type EstimatedSeries, estimateCells, estimateColumns, LEVEL } from './estimates.ts'
import { areTied, type Ranked } from './ties.ts'

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

/** What a cell costs over the baseline by round, microseconds. */
export function overheadsOf(cell: Pick<MeasuredCell, 'perRound'>): Figure[] {
  return figuresOf(cell, ({ overheadMicroseconds }) => overheadMicroseconds)
}

/** The same figures as logs, for `estimateLogs`. */
export function logsOf(figures: readonly Figure[]): Figure[] {
  return figures.map((figure) => ({ ...figure, value: Math.log(figure.value) }))
}

/**
 * Means over rounds with their intervals, all together: each borrows what is known of the others' variances. null: no round.
 * @param level of the intervals; to be corrected by the caller where many are looked at for one statement
 */
export function estimateFigures(columns: readonly (readonly Figure[])[], level = LEVEL): (Estimate | null)[] {
  return estimated(columns, level, bounded)
}

/** The same of logs: ratios and costs, multiplied out again. */
export function estimateLogs(columns: readonly (readonly Figure[])[], level = LEVEL): (Estimate | null)[] {
  return estimated(columns, level, (estimate) => bounded(exponentiate(estimate)))
}

/** Figure by figure of the rounds that both have. */
export function combine(one: readonly Figure[], other: readonly Figure[], how: (a: number, b: number) => number): Figure[] {
  const others = new Map(other.map((figure) => [figure.round, figure.value]))
  return one.flatMap(({ round, value, cpuDistanceNs }) => {
    const second = others.get(round)
    return second === undefined ? [] : [{ round, cpuDistanceNs, value: how(value, second) }]
  })
}

/** One less the other, round by round. */
export function differences(one: readonly Figure[], other: readonly Figure[]): Figure[] {
  return combine(one, other, (own, reference) => own - reference)
}

/** How much one is beyond the other, as a log, round by round. */
export function logRatios(one: readonly Figure[], other: readonly Figure[]): Figure[] {
  return combine(one, other, (own, reference) => Math.log(own / reference))
}

/**
 * Requests/s of cells over those of another cell, paired by round: both were measured in the same blocks of a round. null: no round in
 * common.
 */
export function rateRatios(cells: readonly MeasuredCell[], reference: MeasuredCell, level = LEVEL): (Estimate | null)[] {
  const ratesOf = (cell: MeasuredCell) => figuresOf(cell, ({ requestsPerSecond }) => requestsPerSecond)
  const base = ratesOf(reference)
  return estimateLogs(
    cells.map((cell) => logRatios(ratesOf(cell), base)),
    level,
  )
}

/** Where an estimate stands in a chart. */
export function barOf({ value, low, high }: Estimate) {
  return { y: value, low, high }
}

function estimated(
  columns: readonly (readonly Figure[])[],
  level: number,
  finish: (estimate: Parameters<typeof bounded>[0]) => Estimate,
): (Estimate | null)[] {
  const known = columns.map((rounds) => ({ rounds })).filter(({ rounds }) => rounds.length > 0)
  const estimates = estimateColumns(known, ({ value }: Figure) => value, level).map(finish)
  let next = 0
  return columns.map(({ length }) => (length === 0 ? null : estimates[next++]!))
}

/** A cell compared with the reference's cell of the same endpoint. */
export interface AgainstReference {
  readonly app: string
  readonly endpoint: string
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
  /** Neither is proven cheaper by more than the margin: their order is not known, or does not matter. */
  readonly tied: boolean
}

/**
 * Every measured cell against another app than the baseline, from the round values of the result: both apps of a round were measured in
 * the same blocks, and both logs are over the same baseline, which cancels. Against the baseline itself it is what the result says.
 * Endpoints on which the reference has no valid number are left out, and cells without a round in common with it.
 */
export function againstReference(result: Result, reference: string): AgainstReference[] {
  const all = storedSeries(result)
  const valid = all.filter(({ app, cell }) => app === reference && cell.verdict !== 'invalid')
  const references = new Map(valid.map((series) => [series.endpoint, series]))
  const present = all.filter(({ endpoint }) => references.has(endpoint))
  const shifted = present
    .map((series) => ({ ...over(series, references.get(series.endpoint)!), cell: series.cell }))
    .filter(({ rounds }) => rounds.length > 0)
  const estimates = reference === result.baseline ? null : estimateCells(shifted, reference)
  return shifted.map((series) => {
    const { app, endpoint, cell } = series
    const { ratio, overheadMicroseconds } = estimates?.get(series) ?? cell
    return { app, endpoint, ratio, overheadMicroseconds, tied: cannotBeToldApart(cell, references.get(endpoint)!.cell) }
  })
}

/** Two apps to compare on an endpoint. */
export interface AppPair {
  readonly app: string
  readonly reference: string
  readonly endpoint: string
}

/** An app over another one, paired by round. */
export interface ComparedPair extends AppPair {
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
}

/** In the place of a baseline that none of the pairs is compared with; no app is called so. */
const NO_BASELINE = ''

/**
 * Any pairs of apps, each with a reference of its own, estimated together. Left out are pairs of which one has no valid number, and those
 * without a round in common.
 */
export function comparePairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): ComparedPair[] {
  const common = shiftedPairs(result, pairs)
  const estimates = estimateCells(common, NO_BASELINE)
  return common.map((series) => {
    const { ratio, overheadMicroseconds } = estimates.get(series)!
    return { ...series.pair, ratio, overheadMicroseconds }
  })
}

/** What all the pairs come to together: the sum of their differences, microseconds, over the rounds that have all of them; null: none has. */
export function sumPairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): Estimate | null {
  const differences = shiftedPairs(result, pairs)
  const [first, ...others] = differences
  if (first === undefined || differences.length < pairs.length) return null
  const rounds = first.rounds.flatMap((round) => {
    const same = others.map((other) => other.rounds.find((one) => one.round === round.round))
    if (same.includes(undefined)) return []
    return [{ ...round, overheadNs: same.reduce((sum, one) => sum + one!.overheadNs, round.overheadNs) }]
  })
  if (rounds.length === 0) return null
  return bounded(estimateColumns([{ rounds }], ({ overheadNs }) => overheadNs / 1000)[0]!)
}

/** Pairs of valid cells with a round in common, each app's series over that of its reference. */
function shiftedPairs(
  result: Pick<Result, 'cells'>,
  pairs: readonly AppPair[],
): (EstimatedSeries & { readonly pair: AppPair })[] {
  const valid = storedSeries(result).filter(({ cell }) => cell.verdict !== 'invalid')
  const find = (app: string, endpoint: string) => valid.find((one) => one.app === app && one.endpoint === endpoint)
  const shifted = pairs.flatMap((pair) => {
    const [own, reference] = [find(pair.app, pair.endpoint), find(pair.reference, pair.endpoint)]
    return own === undefined || reference === undefined ? [] : [{ ...over(own, reference), pair }]
  })
  return shifted.filter(({ rounds }) => rounds.length > 0)
}

/** The same series with the reference in the baseline's place; rounds that only one of them has are lost. */
function over({ app, endpoint, rounds }: StoredSeries, reference: StoredSeries): EstimatedSeries {
  return {
    ...{ app, endpoint },
    rounds: rounds.flatMap((round) => {
      const other = reference.rounds.find((one) => one.round === round.round)
      if (other === undefined) return []
      const [typical, otherTypical] = [round.typicalLogRatio, other.typicalLogRatio]
      return [
        {
          ...round,
          logRatio: round.logRatio - other.logRatio,
          overheadNs: round.overheadNs - other.overheadNs,
          typicalLogRatio: typical === null || otherTypical === null ? null : typical - otherTypical,
        },
      ]
    }),
  }
}

/** What is invalid, or has no rank, is not tied with anything: nothing is known of it. */
function cannotBeToldApart(cell: MeasuredCell, reference: MeasuredCell): boolean {
  const [one, other] = [placeOf(cell), placeOf(reference)]
  return one !== null && other !== null && one.app !== other.app && areTied(one, other)
}

function placeOf({ app, rank, apartFrom, verdict }: MeasuredCell): Ranked | null {
  return rank === null || verdict === 'invalid' ? null : { app, rank, apartFrom }
}

/** A measured cell of a stored result, ready to be estimated again. */
export interface StoredSeries extends EstimatedSeries {
  readonly cell: MeasuredCell
}

/** Round values of every measured cell, as a result keeps them. */
export function storedSeries({ cells }: Pick<Result, 'cells'>): StoredSeries[] {
  return cells
    .filter((cell) => cell.state === 'measured')
    .map((cell) => ({
      ...{ cell, app: cell.app, endpoint: cell.endpoint },
      rounds: cell.perRound.map((round) => ({
        round: round.round,
        logCost: Math.log(1000 * round.costMicroseconds),
        logRatio: Math.log(round.ratio),
        overheadNs: 1000 * round.overheadMicroseconds,
        typicalLogCost: round.typicalCostMicroseconds === null ? null : Math.log(1000 * round.typicalCostMicroseconds),
        typicalLogRatio: round.typicalRatio === null ? null : Math.log(round.typicalRatio),
        lateNs: round.lateMicroseconds === null ? null : 1000 * round.lateMicroseconds,
        logRate: Math.log(round.requestsPerSecond),
        cpuDistanceNs: round.cpuDistanceNanoseconds,
      })),
    }))
}
