import { type BeyondTypical, beyondTypical } from '../analysis/checks/own-work.ts'
import { appName, formatInterval, formatLevel, formatNumber, formatRank, formatShare, formatValue } from '../result/format.ts'
import type { Cell, Estimate, MeasuredCell, Overall, Result, Verdict } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'

const LONGEST_ENDPOINT = 40
const LONGEST_REASON = 200
/** In the head of a column; ids are mostly much shorter. */
const LONGEST_ID = 24

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
interface CellColumn<Entry = MeasuredCell> {
  /** With the unit. */
  readonly head: string
  readonly kind: 'text' | 'number'
  /** null: nothing to tell of this cell. */
  readonly figure: (entry: Entry, result: Result) => Figure | null
}

export const REFERENCE = '{reference}'

/** Columns of an app over all endpoints, in order. */
const overallColumns = {
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

const overallIds = ['rank', 'app', 'ratio', 'verdict'] as const
const costIds = ['rank', 'app', 'cost', 'later', 'rare', 'ratio', 'overhead'] as const
const endpointIds = [...costIds, 'requestsPerSecond', 'serverBusy', 'loadBusy', 'verdict'] as const

export type Column = Pick<CellColumn, 'head' | 'kind'> & { readonly id: ColumnId }

export interface Row {
  readonly app: string
  readonly state: Cell['state']
  /** null: there is nothing to judge. */
  readonly verdict: Verdict | null
  /** Says why there are no numbers: `failed: ...`; null for a measured row. */
  readonly note: string | null
  /** Rows without numbers have a figure for the app and the verdict only. */
  readonly figures: Readonly<Partial<Record<ColumnId, Figure>>>
}

export interface CellTable {
  /** null: over all endpoints. */
  readonly endpoint: string | null
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
}

/**
 * What every report shows, built once: a table per endpoint, and one over all of them when there are several. Cheapest first; below
 * the ranked rows those without a rank, then those without numbers.
 */
export function buildTables(result: Result): CellTable[] {
  const endpoints = endpointsOf(result)
  const tables = endpoints.map((endpoint) => endpointTable(result, endpoint)).filter((table) => table.rows.length > 0)
  return tables.length > 1 && result.overall.length > 0 ? [...tables, overallTable(result, endpoints)] : tables
}

/** All cells as tables have them: by endpoint, cheapest first, those without a rank below, then those without numbers. */
export function cellsInOrder(result: Result): Cell[] {
  return endpointsOf(result).flatMap((endpoint) => cellsOf(result, endpoint))
}

/** Ranked: has a place, and nothing says that its numbers are wrong. */
export function isRanked<Entry extends Pick<MeasuredCell, 'rank' | 'verdict'>>(
  entry: Entry,
): entry is Entry & { readonly rank: NonNullable<Entry['rank']> } {
  return entry.rank !== null && entry.verdict !== 'invalid'
}

function endpointsOf(result: Result): string[] {
  return [...new Set([...result.options.endpoints, ...result.cells.map((cell) => cell.endpoint)])]
}

function cellsOf({ cells }: Result, endpoint: string): Cell[] {
  const group = (cell: Cell) => (cell.state !== 'measured' ? 2 : isRanked(cell) ? 0 : 1)
  const value = (cell: Cell) => (cell.state === 'measured' ? cell.cost.value : 0)
  const own = cells.filter((cell) => cell.endpoint === endpoint)
  return own.sort((one, other) => group(one) - group(other) || value(one) - value(other))
}

function endpointTable(result: Result, endpoint: string): CellTable {
  const cells = cellsOf(result, endpoint)
  const name = plainText(endpoint, LONGEST_ENDPOINT)
  const measured = result.cells.filter((cell) => cell.state === 'measured')
  const level = measured.find((cell) => cell.endpoint === endpoint)?.cost.level
  // A column that has nothing to tell of any cell of the run is left out.
  const ids = endpointIds.filter(
    (id) => (id !== 'later' && id !== 'rare') || measured.some((cell) => cellColumns[id].figure(cell) !== null),
  )
  return {
    endpoint: name,
    title: level === undefined ? name : `${name}: CPU of the server per request, ${formatLevel(level)} intervals`,
    columns: columnsOf(result, ids),
    rows: cells.map((cell) =>
      cell.state === 'measured'
        ? figuresRow(cell, ids, (id) => cellColumns[id].figure(cell, result))
        : noteRow(result, cell, `${cell.state}: ${plainText(cell.reason, LONGEST_REASON)}`),
    ),
  }
}

function overallTable(result: Result, endpoints: readonly string[]): CellTable {
  const group = (entry: Overall) => (isRanked(entry) ? 0 : 1)
  const entries = result.overall.toSorted((a, b) => group(a) - group(b) || a.ratio.value - b.ratio.value)
  const missing = result.apps.filter(({ id }) => !entries.some(({ app }) => app === id))
  const names = listInWords(endpoints.map((endpoint) => plainText(endpoint, LONGEST_ENDPOINT)))
  return {
    endpoint: null,
    title: `overall: geometric mean over ${names}, ${formatLevel(entries[0]?.ratio.level ?? 0)} intervals`,
    columns: columnsOf(result, overallIds),
    rows: [
      ...entries.map((entry) => figuresRow(entry, overallIds, (id) => overallColumns[id].figure(entry, result))),
      ...missing.map(({ id }) => noteRow(result, { app: id, state: 'skipped', verdict: null }, 'not measured on every endpoint')),
    ],
  }
}

function columnsOf(result: Result, ids: readonly ColumnId[]): Column[] {
  const baseline = plainText(result.baseline, LONGEST_ID)
  return ids.map((id) => ({ id, head: cellColumns[id].head.replace(REFERENCE, () => baseline), kind: cellColumns[id].kind }))
}

function figuresRow<Id extends ColumnId>(
  { app, verdict }: MeasuredCell | Overall,
  ids: readonly Id[],
  figureOf: (id: Id) => Figure | null,
): Row {
  const figures = Object.fromEntries(ids.map((id) => [id, figureOf(id)]).filter(([, figure]) => figure !== null))
  return { app, state: 'measured', verdict, note: null, figures }
}

/** A row that holds a sentence in place of numbers. */
function noteRow(result: Result, { app, state, verdict }: Pick<Row, 'app' | 'state' | 'verdict'>, note: string): Row {
  return { app, state, verdict, note, figures: { app: plain(appName(result, app)), verdict: plain(note) } }
}

export function overheadFigure(estimate: Estimate): Figure {
  return estimateFigure(estimate, 'µs per request')
}

export function ratioFigure(estimate: Estimate): Figure {
  return estimateFigure(estimate, 'times the cost of the reference')
}

function plain(main: string, sort = '', raw = ''): Figure {
  return { main, interval: '', sort, raw }
}

function estimateFigure(estimate: Estimate, unit: string, ...more: readonly string[]): Figure {
  const ends = estimate.low === null ? 'too few rounds for an interval' : `${full(estimate.low)} to ${full(estimate.high)}`
  return {
    main: formatValue(estimate),
    interval: formatInterval(estimate),
    sort: String(estimate.value),
    raw: [`${full(estimate.value)} ${unit}`, `${formatLevel(estimate.level)} interval: ${ends}`, ...more].join('\n'),
  }
}

function rank(entry: MeasuredCell | Overall): Figure {
  if (!isRanked(entry)) return plain(formatRank(null), '', 'not ranked')
  return plain(formatRank(entry.rank), String(entry.rank.low + entry.rank.high))
}

function cost({ cost, typicalCost, perRound, slices, requests, userShare }: MeasuredCell): Figure {
  return estimateFigure(
    cost,
    'CPU µs per request',
    ...(typicalCost === null ? [] : [`most requests: ${full(typicalCost.value)} µs`]),
    `${perRound.length} rounds, ${slices} slices, ${formatNumber(requests, 0)} requests`,
    `user mode: ${formatShare(userShare)} %`,
  )
}

/** null where it does not matter. */
function beyond(cell: MeasuredCell, part: BeyondTypical): Figure | null {
  const estimate = beyondTypical(cell, part)
  return estimate && estimateFigure(estimate, 'CPU µs per request')
}

function requestsPerSecond({ requestsPerSecond, impliedMaximumRequestsPerSecond: most }: MeasuredCell): Figure {
  return estimateFigure(requestsPerSecond, 'requests per second', `one CPU at most: ${formatNumber(most, 0)}`)
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
