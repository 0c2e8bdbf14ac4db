import { excludes, rescaled } from '../../analysis/estimates.ts'
import type { DriverId } from '../../load/drivers.ts'
import { type AnswerChart, type AnswerPoint, type ChartWords, chartOf } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { formatEstimate } from '../../result/format.ts'
import type { Cell, Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'

const LONGEST_NAME = 60
const LONGEST_REASON = 300
/** More names make no sentence. */
const MOST_NAMES = 4

/** A stranger's name, of an app or an endpoint, in a sentence or a table. */
export function named(app: string): string {
  return plainText(app, LONGEST_NAME)
}

/** A sentence about texts, or rows by the names of their apps, each once; none where there is nothing. */
export function saidOf(what: readonly (string | { readonly app: string })[], sentence: (names: string) => string): string[] {
  const names = new Set(what.map((one) => (typeof one === 'string' ? one : named(one.app))))
  return names.size === 0 ? [] : [sentence(listInWords([...names]))]
}

/** A share as percents for a table; null: not known. */
export function percent(share: number | null): number | null {
  return share === null ? null : Number((100 * share).toFixed(1))
}

/** Endpoints that a result has cells of, in its order. */
export function endpointsIn({ cells }: Pick<Result, 'cells'>): string[] {
  return [...new Set(cells.map(({ endpoint }) => endpoint))]
}

/** Where sentences of several endpoints differ: ` on hello`; nothing to say of a single one. */
export function onEndpoint(result: Pick<Result, 'cells'>, endpoint: string): string {
  return endpointsIn(result).length > 1 ? ` on ${named(endpoint)}` : ''
}

/** The cell of an app of the plan, where it has numbers. */
export function measuredCell({ cells }: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = cells.find((one) => one.app === app && one.endpoint === endpoint)
  return cell?.state === 'measured' ? cell : null
}

/** Rows with the cells of the apps of the plan that they are; those without numbers, or with none to be quoted, are left out. */
export function withCells<Row extends { readonly id: string }>(
  result: Pick<Result, 'cells'>,
  rows: readonly Row[],
  endpoint: string,
  cellOf: typeof measuredCell = usableCell,
): (Row & { readonly cell: MeasuredCell })[] {
  return rows.flatMap((row) => {
    const cell = cellOf(result, row.id, endpoint)
    return cell === null ? [] : [{ ...row, cell }]
  })
}

/** The cell of an app of the plan, where its numbers may be quoted; null where they may not, or there are none. */
export function usableCell(result: Pick<Result, 'cells'>, app: string, endpoint: string): MeasuredCell | null {
  const cell = measuredCell(result, app, endpoint)
  return cell !== null && isUsable(cell) ? cell : null
}

/** Whether the cell has numbers, and they are not invalid. */
export function isUsable(cell: Cell): boolean {
  return cell.state === 'measured' && cell.verdict !== 'invalid'
}

/** A column of cells that have no numbers to be quoted where they are invalid. */
export function ifUsable<Value>(of: (cell: MeasuredCell) => Value): (row: { readonly cell: MeasuredCell }) => Value | null {
  return ({ cell }) => (isUsable(cell) ? of(cell) : null)
}

/** A sentence for all cells that may not be quoted for the same reasons: an answer has to say what it leaves out. */
export function notUsable(cells: readonly Cell[]): string[] {
  const byReason = Map.groupBy(
    cells.filter((cell) => !isUsable(cell)),
    reasonOf,
  )
  return [...byReason].map(([reason, group]) => {
    const names = group.map(({ app, endpoint }) => `${named(app)} on ${named(endpoint)}`)
    const who = names.length <= MOST_NAMES ? listInWords(names) : `${names.length} cells`
    return `${who} ${names.length === 1 ? 'is' : 'are'} not quoted: ${reason}.`
  })
}

function reasonOf(cell: Cell): string {
  if (cell.state !== 'measured') return plainText(cell.reason, LONGEST_REASON)
  const codes = invalidCodes(cell)
  return codes.length === 0 ? 'invalid' : `invalid (${codes.join(', ')})`
}

/** Codes of what makes a cell invalid, each once, in alphabetical order. */
export function invalidCodes({ findings }: Pick<MeasuredCell, 'findings'>): string[] {
  const codes = findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => named(code))
  return [...new Set(codes)].sort()
}

const ABLE: readonly DriverId[] = ['autocannon', 'fake']

/**
 * Some ways of asking only one driver knows.
 * @param what the study needs, as the end of a sentence
 * @throws UserError for another driver
 */
export function needsAutocannon(driver: DriverId, what: string): void {
  if (ABLE.includes(driver)) return
  throw new UserError('driver-cannot', `--driver ${driver} cannot ${what}`, { hint: 'leave --driver out: autocannon can' })
}

/** A difference between two apps, with what it is a difference of: `when idle`. */
export interface Difference {
  readonly estimate: Estimate
  readonly unit: string
  readonly where: string
}

/**
 * Differences in words: `3.1 [2.9, 3.3] MiB more when idle; cannot be told apart under load (0.1 [-0.2, 0.4] MiB)`. Nothing is called more
 * or less whose interval holds zero or is not known.
 */
export function differencesInWords(differences: readonly Difference[]): string {
  const worded = differences.map((one) => ({ ...one, words: moreOrLess(one.estimate, ` ${one.unit}`) }))
  const signed = worded.filter(({ words }) => words !== null).map(({ words, where }) => `${words} ${where}`)
  const tied = worded.filter(({ words }) => words === null)
  const ties = tied.map(({ estimate, unit, where }) => `${where} (${formatEstimate(estimate)} ${unit})`)
  return [...signed, ...saidOf(ties, (list) => `cannot be told apart ${list}`)].join('; ')
}

/** `3.1 [2.9, 3.3] MiB more`, or `less`; null where the interval holds zero or is not known. */
export function moreOrLess(difference: Estimate, unit: string): string | null {
  const { low, high } = difference
  if (low !== null && low > 0) return `${formatEstimate(difference)}${unit} more`
  return high !== null && high < 0 ? `${formatEstimate(negative(difference))}${unit} less` : null
}

/** A ratio as a change in percent: 1.04 [1.02, 1.06] is 4 [2, 6]. */
export function changePercent(ratio: Estimate): Estimate {
  return rescaled(ratio, (value) => 100 * (value - 1))
}

/** The same difference the other way round. */
export function negative({ value, low, high, level }: Estimate): Estimate {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low, level }
}

/** A ratio of costs as the end of a sentence; what is not proven different is called a tie. */
export function costsTimes(ratio: Estimate, than: string): string {
  const times = formatEstimate(ratio)
  if (!isKnown(ratio)) return `costs ${times} times as much as ${than}, by too few rounds for an interval`
  return isTie(ratio) ? `cannot be told apart from ${than} (${times} times the cost)` : `costs ${times} times as much as ${than}`
}

/** True when there are rounds enough for an interval. */
export function isKnown({ low, high }: Estimate): boolean {
  return low !== null && high !== null
}

/** A ratio that may well be 1. */
export function isTie(ratio: Estimate): boolean {
  return !excludes(ratio, 1)
}

/**
 * A chart of throughput and one of cost over something that is counted.
 * @param by how the axis is called in a description, and what a curve is
 */
export function rateAndCostCharts<Row extends { readonly cell: MeasuredCell }>(
  { study, endpoint, by, x }: { study: string; endpoint: string; by: string; x: NonNullable<ChartWords['x']> },
  rows: readonly Row[],
  pointsOf: (row: Row, figure: Estimate) => AnswerPoint[],
): AnswerChart[] {
  const chart = (id: string, title: string, of: (cell: MeasuredCell) => Estimate) => {
    const words = { id: `${study}-${id}-${endpoint}`, title: `${endpoint}: ${title}`, description: `${title} by ${by}` }
    return chartOf(
      { ...words, x, y: { ...x, title } },
      rows.flatMap((row) => pointsOf(row, of(row.cell))),
    )
  }
  return [
    chart('throughput', 'requests/s', ({ requestsPerSecond }) => requestsPerSecond),
    chart('cost', 'CPU µs/request', ({ cost }) => cost),
  ]
}
