import type { Estimate, MeasuredCell, Result, RoundValue } from '../result/model.ts'
import { exponentiate } from '../statistics/estimate.ts'
import { bounded, type EstimatedSeries, estimateCells, estimateColumns, estimatedRound, LEVEL, overOther } from './estimates.ts'
import { areTied, type Ranked } from './ranking.ts'

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
export function estimateFigures(
  columns: readonly (readonly Figure[])[],
  level = LEVEL,
  undo: typeof exponentiate = (estimate) => estimate,
): (Estimate | null)[] {
  const known = columns.filter(({ length }) => length > 0).map((rounds) => ({ rounds }))
  const means = estimateColumns(known, ({ value }: Figure) => value, level)
  const estimates = new Map(known.map(({ rounds }, index) => [rounds, bounded(undo(means[index]!))]))
  return columns.map((column) => estimates.get(column) ?? null)
}

/** The same of logs: ratios and costs, multiplied out again. */
export function estimateLogs(columns: readonly (readonly Figure[])[], level = LEVEL): (Estimate | null)[] {
  return estimateFigures(columns, level, exponentiate)
}

/** Figure by figure of the rounds that both have. */
export function combine(one: readonly Figure[], other: readonly Figure[], how: (a: number, b: number) => number): Figure[] {
  const others = new Map(other.map((figure) => [figure.round, figure.value]))
  return one.flatMap(({ round, value, cpuDistanceNs }) => {
    const second = others.get(round)
    return second === undefined ? [] : [{ round, cpuDistanceNs, value: how(value, second) }]
  })
}

/** All of them added up, in the rounds that all have. */
export function sums([first = [], ...others]: readonly (readonly Figure[])[]): readonly Figure[] {
  return others.reduce((sum, own) => combine(sum, own, (a, b) => a + b), first)
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
  const isReference = ({ app, cell }: StoredSeries) => app === reference && cell.verdict !== 'invalid'
  const references = new Map(all.filter(isReference).map((series) => [series.endpoint, series]))
  const shifted = over(all.map((own) => ({ own, other: references.get(own.endpoint) })))
  const estimates = reference === result.baseline ? null : estimateCells(shifted, reference)
  return shifted.map((series) => {
    const { app, endpoint, own, other } = series
    const { ratio, overheadMicroseconds } = estimates?.get(series) ?? own
    return { app, endpoint, ratio, overheadMicroseconds, tied: cannotBeToldApart(own, other) }
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
  const estimates = estimateCells(shiftedPairs(result, pairs), NO_BASELINE)
  return [...estimates].map(([{ app, endpoint, other }, { ratio, overheadMicroseconds }]) => {
    return { app, reference: other.app, endpoint, ratio, overheadMicroseconds }
  })
}

/** What all the pairs come to together: the sum of their differences, microseconds, over the rounds that have all of them; null: none has. */
export function sumPairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): Estimate | null {
  const known = shiftedPairs(result, pairs).map(({ rounds }) =>
    rounds.map(({ round, cpuDistanceNs, overheadNs }): Figure => ({ round, cpuDistanceNs, value: overheadNs })),
  )
  if (known.length === 0 || known.length < pairs.length) return null
  return estimateFigures([sums(known).map((figure) => ({ ...figure, value: figure.value / 1000 }))])[0]!
}

/** Pairs of valid cells with a round in common, each app's series over that of its reference. */
function shiftedPairs(result: Pick<Result, 'cells'>, pairs: readonly AppPair[]): ShiftedSeries[] {
  const valid = storedSeries(result).filter(({ cell }) => cell.verdict !== 'invalid')
  const find = (app: string, endpoint: string) => valid.find((one) => one.app === app && one.endpoint === endpoint)
  return over(pairs.map(({ app, reference, endpoint }) => ({ own: find(app, endpoint), other: find(reference, endpoint) })))
}

/** A cell with another one in the baseline's place. */
interface ShiftedSeries extends EstimatedSeries {
  readonly own: MeasuredCell
  readonly other: MeasuredCell
}

/** What lacks one of both, or a round that both have, is left out; rounds that only one of them has are lost. */
function over(pairs: readonly { own: StoredSeries | undefined; other: StoredSeries | undefined }[]): ShiftedSeries[] {
  return pairs.flatMap(({ own, other }) => {
    if (own === undefined || other === undefined) return []
    const others = new Map(other.rounds.map((round) => [round.round, round]))
    const rounds = own.rounds.flatMap((round) => {
      const reference = others.get(round.round)
      return reference === undefined ? [] : [overOther(round, reference)]
    })
    return rounds.length === 0 ? [] : [{ app: own.app, endpoint: own.endpoint, rounds, own: own.cell, other: other.cell }]
  })
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
    .map((cell) => ({ cell, app: cell.app, endpoint: cell.endpoint, rounds: cell.perRound.map(estimatedRound) }))
}

type FiguresOf<Row> = (row: Row) => readonly Figure[]

/**
 * Rows with what is known of them, column by column over all rows together.
 * @param logs of costs and ratios, multiplied out again
 * @param means of figures as they are
 */
export function estimateRows<Row extends object, Log extends string, Mean extends string = never>(
  rows: readonly Row[],
  logs: Readonly<Record<Log, FiguresOf<Row>>>,
  means = {} as Readonly<Record<Mean, FiguresOf<Row>>>,
): (Row & Readonly<Record<Log | Mean, Estimate | null>>)[] {
  const estimates = [
    ...Object.entries<FiguresOf<Row>>(logs).map(([name, of]) => ({ name, column: estimateLogs(rows.map(of)) })),
    ...Object.entries<FiguresOf<Row>>(means).map(([name, of]) => ({ name, column: estimateFigures(rows.map(of)) })),
  ]
  return rows.map((row, index) => {
    const own = Object.fromEntries(estimates.map(({ name, column }) => [name, column[index]!]))
    return { ...row, ...(own as Record<Log | Mean, Estimate | null>) }
  })
}
