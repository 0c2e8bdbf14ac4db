import { appName, formatLevel } from '../result/format.ts'
import type { Cell, MeasuredCell, Overall, Result, Verdict } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
import {
  type CellColumn,
  type ColumnId,
  cellColumns,
  type Figure,
  isRanked,
  overallColumns,
  plain,
  REFERENCE,
} from './cell-columns.ts'

const LONGEST_ENDPOINT = 40
const LONGEST_REASON = 200
/** In the head of a column; ids are mostly much shorter. */
const LONGEST_ID = 24

export interface Column {
  readonly id: ColumnId
  /** With the unit. */
  readonly head: string
  readonly kind: 'text' | 'number'
}

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

const overallIds = ['rank', 'app', 'ratio', 'verdict'] as const
const costIds = ['rank', 'app', 'cost', 'later', 'rare', 'ratio', 'overhead'] as const
const endpointIds = [...costIds, 'requestsPerSecond', 'serverBusy', 'loadBusy', 'verdict'] as const

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
        ? figuresRow(result, cell, ids, cellColumns)
        : noteRow(result, cell, `${cell.state}: ${plainText(cell.reason, LONGEST_REASON)}`),
    ),
  }
}

function overallTable(result: Result, endpoints: readonly string[]): CellTable {
  const group = (entry: Overall) => (isRanked(entry) ? 0 : 1)
  const entries = [...result.overall].sort((a, b) => group(a) - group(b) || a.ratio.value - b.ratio.value)
  const missing = result.apps.filter(({ id }) => !entries.some(({ app }) => app === id))
  const names = listInWords(endpoints.map((endpoint) => plainText(endpoint, LONGEST_ENDPOINT)))
  return {
    endpoint: null,
    title: `overall: geometric mean over ${names}, ${formatLevel(entries[0]?.ratio.level ?? 0)} intervals`,
    columns: columnsOf(result, overallIds),
    rows: [
      ...entries.map((entry) => figuresRow(result, entry, overallIds, overallColumns)),
      ...missing.map(({ id }) => noteRow(result, { app: id, state: 'skipped', verdict: null }, 'not measured on every endpoint')),
    ],
  }
}

function columnsOf(result: Result, ids: readonly ColumnId[]): Column[] {
  const baseline = plainText(result.baseline, LONGEST_ID)
  return ids.map((id) => ({ id, head: cellColumns[id].head.replace(REFERENCE, () => baseline), kind: cellColumns[id].kind }))
}

function figuresRow<Id extends ColumnId, Entry extends MeasuredCell | Overall>(
  result: Result,
  entry: Entry,
  ids: readonly Id[],
  columns: Readonly<Record<Id, CellColumn<Entry>>>,
): Row {
  const figures = ids.map((id) => [id, columns[id].figure(entry, result)] as const).filter(([, figure]) => figure !== null)
  return { app: entry.app, state: 'measured', verdict: entry.verdict, note: null, figures: Object.fromEntries(figures) }
}

/** A row that holds a sentence in place of numbers. */
function noteRow(result: Result, { app, state, verdict }: Pick<Row, 'app' | 'state' | 'verdict'>, note: string): Row {
  return { app, state, verdict, note, figures: { app: plain(appName(result, app)), verdict: plain(note) } }
}
