import type { AnswerFigure, AnswerTable } from '../result/answer.ts'
import type { Estimate, MeasuredCell, Result } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import { fileStem, type ReportFile } from '../result/run-folder.ts'

const LONGEST_TEXT = 400

type Value = string | number | boolean | null | undefined

/** A cell, with what is known of its app, and once more if it has numbers. */
function lineOf(result: Result, cell: Result['cells'][number]) {
  const measured = cell.state === 'measured' ? cell : undefined
  return { result, cell, facts: result.apps.find(({ id }) => id === cell.app), measured, latency: measured?.latencyMicroseconds }
}
type Line = ReturnType<typeof lineOf>
type Columns = Readonly<Record<string, (line: Line) => Value>>

/** Names and order are part of the format: new columns are added at the end. */
const columns: Columns = {
  ...fields(({ result }) => result, 'study', 'startedAt'),
  ...fields(({ cell }) => cell, 'endpoint', 'app'),
  ...fields(({ facts }) => facts, 'title', 'package', 'version'),
  ...fields(({ cell }) => cell, 'state', 'verdict'),
  rankLow: ({ measured }) => measured?.rank?.low,
  rankHigh: ({ measured }) => measured?.rank?.high,
  ...estimate('costMicroseconds', 'cost', ({ cost }) => cost),
  ...estimate('ratio', 'ratio', ({ ratio }) => ratio),
  ...estimate('overheadMicroseconds', 'overhead', ({ overheadMicroseconds }) => overheadMicroseconds),
  ...estimate('requestsPerSecond', 'requestsPerSecond', ({ requestsPerSecond }) => requestsPerSecond),
  level: ({ measured }) => measured?.cost.level,
  ...fields(({ measured }) => measured, 'impliedMaximumRequestsPerSecond', 'userShare'),
  latencyP50Microseconds: ({ latency }) => latency?.p50,
  latencyP90Microseconds: ({ latency }) => latency?.p90,
  latencyP99Microseconds: ({ latency }) => latency?.p99,
  latencyMaxMicroseconds: ({ latency }) => latency?.max,
  latencySamples: ({ latency }) => latency?.samples,
  residentBytes: ({ measured }) => measured?.residentBytes,
  serverBusyShare: ({ measured }) => measured?.serverBusy,
  loadBusyShare: ({ measured }) => measured?.loadBusy,
  ...fields(({ measured }) => measured, 'headerBytes', 'requests', 'slices'),
  rounds: ({ measured }) => measured?.perRound.length,
  ...fields(({ cell }) => cell.deployment, 'runtime', 'transport', 'proxy', 'workers', 'copies'),
  ...fields(({ cell }) => cell.load, 'driver', 'connections', 'keepAlive'),
  findings: ({ cell }) => cell.findings.map(({ code }) => code).join(' '),
  reason: ({ cell }) => (cell.state === 'measured' ? null : cell.reason),
  typicalCostMicroseconds: ({ measured }) => measured?.typicalCost?.value,
  typicalRatio: ({ measured }) => measured?.typicalRatio?.value,
  ...estimate('lateMicroseconds', 'late', ({ lateMicroseconds }) => lateMicroseconds),
}

/** Columns that are called as in the result. */
function fields<Name extends string>(
  of: (line: Line) => Readonly<Record<Name, Value>> | undefined,
  ...names: readonly Name[]
): Columns {
  return Object.fromEntries(names.map((name) => [name, (line: Line) => of(line)?.[name]]))
}

/** Columns of a value and the ends of its interval. */
function estimate(name: string, short: string, of: (cell: MeasuredCell) => Estimate | null): Columns {
  const end = (part: 'value' | 'low' | 'high') => (line: Line) => line.measured && of(line.measured)?.[part]
  return { [name]: end('value'), [`${short}Low`]: end('low'), [`${short}High`]: end('high') }
}

/** `table.csv`, and a file for every table of an answer. */
export function renderCsvFiles(result: Result): ReportFile[] {
  return [{ name: 'table.csv', text: renderCsv(result) }, ...renderAnswerCsv(result)]
}

/**
 * One line per cell, numbers in full precision, an empty field for what is unknown. RFC 4180: lines end with CR LF, the first one
 * names the columns.
 */
export function renderCsv(result: Result): string {
  const lines = result.cells.map((cell) => lineOf(result, cell))
  return records([Object.keys(columns), ...lines.map((line) => Object.values(columns).map((column) => column(line)))])
}

/**
 * One field, quoted where RFC 4180 asks for it. A text that a spreadsheet would run as a formula gets an apostrophe in front;
 * numbers are left alone, minus sign and all.
 */
export function csvField(value: Value): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const isNumber = /^[+-]?\d+(\.\d+)?$/.test(value)
  const text = /^[=+\-@\t\r]/.test(value) && !isNumber ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function records(all: readonly (readonly Value[])[]): string {
  const field = (value: Value) => csvField(typeof value === 'string' ? plainText(value, LONGEST_TEXT) : value)
  return all.map((values) => `${values.map(field).join(',')}\r\n`).join('')
}

/** A file for every table of an answer, numbers in full precision; a column with intervals has two more beside it. */
export function renderAnswerCsv({ answer }: Pick<Result, 'answer'>): ReportFile[] {
  return (answer?.tables ?? []).map((table) => ({ name: `${fileStem(table.id)}.csv`, text: renderTable(table) }))
}

function renderTable({ columns, rows }: AnswerTable): string {
  const withInterval = columns.map((_, index) => rows.some((row) => isEstimate(row[index])))
  const heads = columns.flatMap(({ head }, index) => (withInterval[index] ? [head, `${head} low`, `${head} high`] : [head]))
  const lines = rows.map((row) =>
    columns.flatMap((_, index) => {
      const figure = row[index] ?? null
      if (!withInterval[index]) return [isEstimate(figure) ? figure.value : figure]
      return isEstimate(figure) ? [figure.value, figure.low, figure.high] : [figure, null, null]
    }),
  )
  return records([heads, ...lines])
}

function isEstimate(figure: AnswerFigure | undefined): figure is Exclude<AnswerFigure, string | number | null> {
  return typeof figure === 'object' && figure !== null
}
