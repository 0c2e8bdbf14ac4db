import type { AnswerFigure, AnswerTable } from '../result/answer.ts'
import type { AppFacts, Cell, Estimate, MeasuredCell, Result } from '../result/model.ts'
import { plainText } from '../result/plain-text.ts'
import { fileStem, type ReportFile } from '../result/run-folder.ts'

const LONGEST_TEXT = 400

type Value = string | number | boolean | null | undefined

/** What a line is made from. */
interface Line {
  readonly result: Result
  readonly cell: Cell
  readonly facts: AppFacts | undefined
  /** The cell again, if it has numbers. */
  readonly measured: MeasuredCell | undefined
}

/** Names and order are part of the format: new columns are added at the end. */
const columns: Readonly<Record<string, (line: Line) => Value>> = {
  study: ({ result }) => result.study,
  startedAt: ({ result }) => result.startedAt,
  endpoint: ({ cell }) => cell.endpoint,
  app: ({ cell }) => cell.app,
  title: ({ facts }) => facts?.title,
  package: ({ facts }) => facts?.package,
  version: ({ facts }) => facts?.version,
  state: ({ cell }) => cell.state,
  verdict: ({ cell }) => cell.verdict,
  rankLow: ({ measured }) => measured?.rank?.low,
  rankHigh: ({ measured }) => measured?.rank?.high,
  ...estimate('costMicroseconds', 'cost', ({ cost }) => cost),
  ...estimate('ratio', 'ratio', ({ ratio }) => ratio),
  ...estimate('overheadMicroseconds', 'overhead', ({ overheadMicroseconds }) => overheadMicroseconds),
  ...estimate('requestsPerSecond', 'requestsPerSecond', ({ requestsPerSecond }) => requestsPerSecond),
  level: ({ measured }) => measured?.cost.level,
  impliedMaximumRequestsPerSecond: ({ measured }) => measured?.impliedMaximumRequestsPerSecond,
  userShare: ({ measured }) => measured?.userShare,
  latencyP50Microseconds: ({ measured }) => measured?.latencyMicroseconds?.p50,
  latencyP90Microseconds: ({ measured }) => measured?.latencyMicroseconds?.p90,
  latencyP99Microseconds: ({ measured }) => measured?.latencyMicroseconds?.p99,
  latencyMaxMicroseconds: ({ measured }) => measured?.latencyMicroseconds?.max,
  latencySamples: ({ measured }) => measured?.latencyMicroseconds?.samples,
  residentBytes: ({ measured }) => measured?.residentBytes,
  serverBusyShare: ({ measured }) => measured?.serverBusy,
  loadBusyShare: ({ measured }) => measured?.loadBusy,
  headerBytes: ({ measured }) => measured?.headerBytes,
  requests: ({ measured }) => measured?.requests,
  slices: ({ measured }) => measured?.slices,
  rounds: ({ measured }) => measured?.perRound.length,
  runtime: ({ cell }) => cell.deployment.runtime,
  transport: ({ cell }) => cell.deployment.transport,
  proxy: ({ cell }) => cell.deployment.proxy,
  workers: ({ cell }) => cell.deployment.workers,
  copies: ({ cell }) => cell.deployment.copies,
  driver: ({ cell }) => cell.load.driver,
  connections: ({ cell }) => cell.load.connections,
  keepAlive: ({ cell }) => cell.load.keepAlive,
  findings: ({ cell }) => cell.findings.map(({ code }) => code).join(' '),
  reason: ({ cell }) => (cell.state === 'measured' ? null : cell.reason),
  typicalCostMicroseconds: ({ measured }) => measured?.typicalCost?.value,
  typicalRatio: ({ measured }) => measured?.typicalRatio?.value,
  ...estimate('lateMicroseconds', 'late', ({ lateMicroseconds }) => lateMicroseconds),
}

/** Columns of a value and the ends of its interval. */
function estimate(name: string, short: string, of: (cell: MeasuredCell) => Estimate | null): typeof columns {
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
  const lines = result.cells.map((cell) => {
    const facts = result.apps.find(({ id }) => id === cell.app)
    const line: Line = { result, cell, facts, measured: cell.state === 'measured' ? cell : undefined }
    return Object.values(columns).map((column) => column(line))
  })
  return records([Object.keys(columns), ...lines])
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
