import { type BeyondTypical, beyondTypical } from '../analysis/checks/own-work.ts'
import { appName, formatInterval, formatLevel, formatNumber, formatRank, formatShare, formatValue } from '../result/format.ts'
import type { Estimate, MeasuredCell, Overall, Result } from '../result/model.ts'

/** What stands in one place of a table: ready to be drawn, not yet escaped for any format. */
export interface Figure {
  readonly main: string
  /** `[1.455, 1.479]`; empty where there is none. */
  readonly interval: string
  /** What a column is sorted by, where it can be; empty: comes last. */
  readonly sort: string
  /** What is behind the figure, in words, where there is room; empty: nothing to tell. */
  readonly raw: string
}

/** A column of a table of cells: `REFERENCE` in its head stands for the app that all others are compared with. */
export interface CellColumn<Entry = MeasuredCell> {
  /** With the unit. */
  readonly head: string
  readonly kind: 'text' | 'number'
  /** null: nothing to tell of this cell. */
  readonly figure: (entry: Entry, result: Result) => Figure | null
}

export const REFERENCE = '{reference}'

/** Columns that an app over all endpoints has too. */
export const overallColumns = {
  rank: { head: 'rank', kind: 'text', figure: rank },
  app: { head: 'app', kind: 'text', figure: ({ app }, result) => plain(appName(result, app)) },
  ratio: { head: `ratio to ${REFERENCE}`, kind: 'number', figure: ({ ratio }) => ratioFigure(ratio) },
  verdict: { head: 'verdict', kind: 'text', figure: ({ verdict }) => plain(verdict) },
} as const satisfies Record<string, CellColumn<MeasuredCell | Overall>>

/** Every column that a form of report may show of a cell; each form chooses which, in its order. */
export const cellColumns = {
  ...overallColumns,
  cost: { head: 'CPU µs/request', kind: 'number', figure: cost },
  later: { head: 'of it later, µs', kind: 'number', figure: (cell) => beyond(cell, 'later') },
  rare: { head: 'of it rare, µs', kind: 'number', figure: (cell) => beyond(cell, 'rare') },
  overhead: { head: `µs over ${REFERENCE}`, kind: 'number', figure: (cell) => overheadFigure(cell.overheadMicroseconds) },
  requestsPerSecond: { head: 'requests/s', kind: 'number', figure: requestsPerSecond },
  serverBusy: { head: 'server busy %', kind: 'number', figure: ({ serverBusy }) => plain(formatShare(serverBusy)) },
  loadBusy: { head: 'load busy %', kind: 'number', figure: ({ loadBusy }) => plain(formatShare(loadBusy)) },
  latency: { head: 'latency p50, p99 µs', kind: 'number', figure: latency },
  memory: { head: 'memory MiB', kind: 'number', figure: memory },
  busy: { head: 'server, load busy %', kind: 'number', figure: busy },
} as const satisfies Record<string, CellColumn>
export type ColumnId = keyof typeof cellColumns

/** Ranked: has a place, and nothing says that its numbers are wrong. */
export function isRanked(entry: Pick<MeasuredCell, 'rank' | 'verdict'>): boolean {
  return entry.rank !== null && entry.verdict !== 'invalid'
}

export function overheadFigure(estimate: Estimate): Figure {
  return estimateFigure(estimate, 'µs per request')
}

export function ratioFigure(estimate: Estimate): Figure {
  return estimateFigure(estimate, 'times the cost of the reference')
}

export function plain(main: string, sort = '', raw = ''): Figure {
  return { main, interval: '', sort, raw }
}

function estimateFigure(estimate: Estimate, unit: string, more: readonly string[] = []): Figure {
  const ends = estimate.low === null ? 'too few rounds for an interval' : `${full(estimate.low)} to ${full(estimate.high)}`
  return {
    main: formatValue(estimate),
    interval: formatInterval(estimate),
    sort: String(estimate.value),
    raw: [`${full(estimate.value)} ${unit}`, `${formatLevel(estimate.level)} interval: ${ends}`, ...more].join('\n'),
  }
}

function rank(entry: MeasuredCell | Overall): Figure {
  const own = isRanked(entry) ? entry.rank : null
  return plain(formatRank(own), own === null ? '' : String(own.low + own.high), own === null ? 'not ranked' : '')
}

function cost(cell: MeasuredCell): Figure {
  return estimateFigure(cell.cost, 'CPU µs per request', [
    ...(cell.typicalCost === null ? [] : [`most requests: ${full(cell.typicalCost.value)} µs`]),
    `${cell.perRound.length} rounds, ${cell.slices} slices, ${formatNumber(cell.requests, 0)} requests`,
    `user mode: ${formatShare(cell.userShare)} %`,
  ])
}

/** null where it does not matter. */
function beyond(cell: MeasuredCell, part: BeyondTypical): Figure | null {
  const estimate = beyondTypical(cell, part)
  return estimate && estimateFigure(estimate, 'CPU µs per request')
}

function requestsPerSecond(cell: MeasuredCell): Figure {
  const most = `one CPU at most: ${formatNumber(cell.impliedMaximumRequestsPerSecond, 0)}`
  return estimateFigure(cell.requestsPerSecond, 'requests per second', [most])
}

function latency({ latencyMicroseconds }: MeasuredCell): Figure {
  if (latencyMicroseconds === null) return plain('–', '', 'not measured')
  const { mean, p50, p90, p99, max, samples } = latencyMicroseconds
  const raw = [
    `p50 ${full(p50)}, p90 ${full(p90)}, p99 ${full(p99)}, most ${full(max)} µs`,
    ...(mean === null ? [] : [`mean ${full(mean)} µs`]),
    `${formatNumber(samples, 0)} samples; closed loop at saturation: connections over throughput`,
  ]
  return plain(`${formatNumber(p50, 0)}, ${formatNumber(p99, 0)}`, String(p50), raw.join('\n'))
}

function memory({ residentBytes }: MeasuredCell): Figure {
  if (residentBytes === null) return plain('–', '', 'not measured')
  const raw = `${formatNumber(residentBytes, 0)} bytes resident after the load of a round`
  return plain(formatNumber(residentBytes / 2 ** 20, 0), String(residentBytes), raw)
}

function busy({ serverBusy, loadBusy, headerBytes }: MeasuredCell): Figure {
  const header = headerBytes === null ? '' : `${headerBytes} bytes of headers in a response`
  return plain(`${formatShare(serverBusy)}, ${formatShare(loadBusy)}`, String(serverBusy), header)
}

function full(value: number | null): string {
  return value === null ? '?' : String(Number(value.toPrecision(6)))
}
