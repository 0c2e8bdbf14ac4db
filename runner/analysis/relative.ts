import type { Estimate, MeasuredCell, Result, RoundValue } from '../result/model.ts'
import { bounded, exponentiate } from '../statistics/estimate.ts'
import { total } from '../statistics/summary.ts'
import { boundOf } from './copies.ts'
import { estimateColumns, exactly, LEVEL, widened, widenedDifference } from './estimates.ts'
import { areTied, type Ranked } from './ranking.ts'

/** What one round says of something; rounds are the statistical unit of every study. Estimates take the distance of the CPUs into account. */
export interface Figure extends Pick<RoundValue, 'round' | 'cpuDistanceNanoseconds'> {
  readonly value: number
}

/** One figure of a cell by round; rounds that do not have it are left out. */
export function figuresOf(
  { perRound }: Pick<MeasuredCell, 'perRound'>,
  of: (round: RoundValue) => number | null | undefined,
): Figure[] {
  return perRound.flatMap((values) => {
    const { round, cpuDistanceNanoseconds } = values
    const value = of(values)
    return value == null ? [] : [{ round, value, cpuDistanceNanoseconds }]
  })
}

/** Costs of a cell by round, microseconds, and what it costs over the baseline. */
export const costsOf = (cell: Pick<MeasuredCell, 'perRound'>) => figuresOf(cell, ({ costMicroseconds }) => costMicroseconds)
export const overheadsOf = (cell: Pick<MeasuredCell, 'perRound'>) =>
  figuresOf(cell, ({ overheadMicroseconds }) => overheadMicroseconds)

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
  const known = columns.filter(({ length }) => length > 0)
  const means = estimateColumns(known, ({ value }) => value, level)
  const estimates = new Map(known.map((column, index) => [column, bounded(undo(means[index]!))]))
  return columns.map((column) => estimates.get(column) ?? null)
}

/** The same of logs: ratios and costs, multiplied out again. */
export function estimateLogs(columns: readonly (readonly Figure[])[], level = LEVEL): (Estimate | null)[] {
  return estimateFigures(columns, level, exponentiate)
}

/** Figure by figure of the rounds that both have. */
export function combine(one: readonly Figure[], other: readonly Figure[], how: (a: number, b: number) => number): Figure[] {
  const others = new Map(other.map((figure) => [figure.round, figure.value]))
  return one.flatMap(({ round, value, cpuDistanceNanoseconds }) => {
    const second = others.get(round)
    return second === undefined ? [] : [{ round, cpuDistanceNanoseconds, value: how(value, second) }]
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

/** What an app costs in terms of another one, by ratio and by difference. */
interface Relative {
  readonly ratio: Estimate
  readonly overheadMicroseconds: Estimate
}

/**
 * Every measured cell against another app than the baseline, from the round values of the result: both apps of a round were measured in
 * the same blocks, and both ratios are over the same baseline, which cancels. Against the baseline itself it is what the result says.
 * Endpoints on which the reference has no valid number are left out, and cells without a round in common with it.
 * @returns with `tied`: neither is proven cheaper by more than the margin, so their order is not known, or does not matter
 */
export function againstReference({ cells, baseline, controls }: Result, reference: string) {
  const measured = cells.filter((cell) => cell.state === 'measured')
  const references = new Map(
    measured.filter((cell) => cell.app === reference && isValid(cell)).map((cell) => [cell.endpoint, cell]),
  )
  const pairs = measured.flatMap((own) => {
    const other = references.get(own.endpoint)
    return other === undefined || ratiosOver({ own, other }).length === 0 ? [] : [{ own, other }]
  })
  const known = ({ own }: CellPair) => reference === baseline || own.app === reference
  const others = pairs.filter((pair) => !known(pair))
  const estimates = new Map(estimatePairs(others, controls).map((estimate, index) => [others[index]!, estimate!]))
  const exact = { ratio: exactly(1), overheadMicroseconds: exactly(0) }
  return pairs.map((pair) => {
    const { own, other } = pair
    const { ratio, overheadMicroseconds } = estimates.get(pair) ?? (reference === baseline ? own : exact)
    return { app: own.app, endpoint: own.endpoint, ratio, overheadMicroseconds, tied: cannotBeToldApart(own, other) }
  })
}

/** Two apps to compare on an endpoint. */
export interface AppPair {
  readonly app: string
  readonly reference: string
  readonly endpoint: string
}

/** An app over another one, paired by round. */
export type ComparedPair = AppPair & Relative

/**
 * Any pairs of apps, each with a reference of its own, estimated together. Left out are pairs of which one has no valid number, and those
 * without a round in common.
 * @param level of the intervals; to be corrected by the caller where many are looked at for one statement
 */
export function comparePairs(
  result: Pick<Result, 'cells' | 'controls'>,
  pairs: readonly AppPair[],
  level = LEVEL,
): ComparedPair[] {
  const known = pairs.flatMap((pair) => validPair(result, pair).map((cells) => ({ ...pair, ...cells })))
  const estimates = estimatePairs(known, result.controls, level)
  return known.flatMap(({ app, reference, endpoint }, index) => {
    const estimate = estimates[index]!
    return estimate === null ? [] : [{ app, reference, endpoint, ...estimate }]
  })
}

/**
 * What all the pairs come to together: the sum of their differences, microseconds, over the rounds that have all of them; null: none has. What
 * two copies of one server differ by in this run may be in every one of the differences.
 */
export function sumPairs(result: Pick<Result, 'cells' | 'controls'>, pairs: readonly AppPair[]): Estimate | null {
  const known = pairs.flatMap((pair) => validPair(result, pair))
  if (known.length < pairs.length) return null
  const sum = estimateFigures([sums(known.map(overheadsOver))])[0]!
  const references = total(known, ({ other }) => other.cost.value)
  return sum === null ? null : widenedDifference(sum, references, boundOf(result.controls.identical))
}

/** A cell, and the one in whose terms it is told. */
interface CellPair {
  readonly own: MeasuredCell
  readonly other: MeasuredCell
}

const isValid = ({ verdict }: MeasuredCell) => verdict !== 'invalid'

function validPair({ cells }: Pick<Result, 'cells'>, { app, reference, endpoint }: AppPair): CellPair[] {
  const valid = cells.filter((cell) => cell.state === 'measured').filter((cell) => cell.endpoint === endpoint && isValid(cell))
  const [own, other] = [app, reference].map((wanted) => valid.find((cell) => cell.app === wanted))
  return own === undefined || other === undefined ? [] : [{ own, other }]
}

const ratiosOf = (cell: MeasuredCell) => figuresOf(cell, ({ ratio }) => ratio)
const ratiosOver = ({ own, other }: CellPair) => logRatios(ratiosOf(own), ratiosOf(other))
const overheadsOver = ({ own, other }: CellPair) => differences(overheadsOf(own), overheadsOf(other))

/**
 * null: no round that both have. Variances of microseconds are so different from cell to cell that none are borrowed. Intervals hold
 * what two copies of one server differ by in this run.
 */
function estimatePairs(pairs: readonly CellPair[], { identical }: Result['controls'], level = LEVEL): (Relative | null)[] {
  const bound = boundOf(identical)
  const ratios = estimateLogs(pairs.map(ratiosOver), level)
  return pairs.map((pair, index) => {
    const [ratio, overheadMicroseconds] = [ratios[index]!, estimateFigures([overheadsOver(pair)], level)[0]!]
    if (ratio === null || overheadMicroseconds === null) return null
    return {
      ratio: widened(ratio, bound),
      overheadMicroseconds: widenedDifference(overheadMicroseconds, pair.other.cost.value, bound),
    }
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
