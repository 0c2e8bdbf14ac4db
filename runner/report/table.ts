import { type BeyondTypical, beyondTypical } from '../analysis/beyond-typical.ts'
import { formatLevel } from '../result/format.ts'
import type { Cell, Overall, Result } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
import { isRanked, measuredRow, noteRow, numberlessRow, overallRow } from './table-rows.ts'
import type { Column, Table } from './table-shape.ts'

const LONGEST_ENDPOINT = 40
/** In the head of a column; ids are mostly much shorter. */
const LONGEST_ID = 24

/**
 * What every report shows, built once: a table per endpoint, and one over all of them when there are several. Cheapest first; below
 * the ranked rows those without a rank, then those without numbers.
 */
export function buildTables(result: Result): Table[] {
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

function cellsOf(result: Result, endpoint: string): Cell[] {
  return result.cells.filter((cell) => cell.endpoint === endpoint).sort((a, b) => compare(placeOfCell(a), placeOfCell(b)))
}

function endpointTable(result: Result, endpoint: string): Table {
  const cells = cellsOf(result, endpoint)
  const name = plainText(endpoint, LONGEST_ENDPOINT)
  const level = cells.find((cell) => cell.state === 'measured')?.cost.level
  return {
    endpoint: name,
    title: level === undefined ? name : `${name}: CPU of the server per request, ${formatLevel(level)} intervals`,
    columns: endpointColumns(result),
    rows: cells.map((cell) => (cell.state === 'measured' ? measuredRow(result, cell) : numberlessRow(result, cell))),
  }
}

function overallTable(result: Result, endpoints: readonly string[]): Table {
  const entries = [...result.overall].sort((a, b) => compare(placeOfOverall(a), placeOfOverall(b)))
  const missing = result.apps.filter(({ id }) => !entries.some(({ app }) => app === id))
  const names = listInWords(endpoints.map((endpoint) => plainText(endpoint, LONGEST_ENDPOINT)))
  return {
    endpoint: null,
    title: `overall: geometric mean over ${names}, ${formatLevel(entries[0]?.ratio.level ?? 0)} intervals`,
    columns: endpointColumns(result).filter(({ id }) => ['rank', 'app', 'ratio', 'verdict'].includes(id)),
    rows: [
      ...entries.map((entry) => overallRow(result, entry)),
      ...missing.map(({ id }) => noteRow(result, id, 'skipped', null, 'not measured on every endpoint')),
    ],
  }
}

function endpointColumns(result: Result): Column[] {
  const baseline = plainText(result.baseline, LONGEST_ID)
  return [
    { id: 'rank', head: 'rank', kind: 'text' },
    { id: 'app', head: 'app', kind: 'text' },
    { id: 'cost', head: 'CPU µs/request', kind: 'number' },
    ...beyondTypicalColumns(result),
    { id: 'ratio', head: `ratio to ${baseline}`, kind: 'number' },
    { id: 'overhead', head: `µs over ${baseline}`, kind: 'number' },
    { id: 'requestsPerSecond', head: 'requests/s', kind: 'number' },
    { id: 'serverBusy', head: 'server busy %', kind: 'number' },
    { id: 'loadBusy', head: 'load busy %', kind: 'number' },
    { id: 'verdict', head: 'verdict', kind: 'text' },
  ]
}

/** Only where there is something to tell of any cell. */
function beyondTypicalColumns({ cells }: Result): Column[] {
  const columns: Column[] = [
    { id: 'later', head: 'of it later, µs', kind: 'number' },
    { id: 'rare', head: 'of it rare, µs', kind: 'number' },
  ]
  return columns.filter(({ id }) =>
    cells.some((cell) => cell.state === 'measured' && beyondTypical(cell, id as BeyondTypical) !== null),
  )
}

/** Group first (ranked, unranked, failed or skipped), then the number. */
type Place = readonly [group: number, value: number]

function placeOfCell(cell: Cell): Place {
  if (cell.state !== 'measured') return [2, 0]
  return [isRanked(cell) ? 0 : 1, cell.cost.value]
}

function placeOfOverall(entry: Overall): Place {
  return [isRanked(entry) ? 0 : 1, entry.ratio.value]
}

function compare(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1]
}
