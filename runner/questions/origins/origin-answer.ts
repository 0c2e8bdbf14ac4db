import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { comparePairs, estimateRows } from '../../analysis/relative.ts'
import { type AnswerChart, type Columns, chartOf, mark } from '../../result/answer.ts'
import { appName, formatEstimate } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { named, withCells } from '../studies/phrases.ts'
import { partCosts } from '../studies/stack-answer.ts'
import type { OriginRow } from './rows.ts'

/** A row with what is known of it; costs in microseconds per request, null where there is no such part, or nothing to compare with. */
export interface KnownRow extends OriginRow {
  readonly id: string
  readonly cell: MeasuredCell
  readonly frontCost: Estimate | null
  readonly serverCost: Estimate | null
  /** Over the row that it is compared with. */
  readonly overReference: Estimate | null
}

type RowOfPlan = OriginRow & { readonly id: string }

/** Rows of a table with valid numbers on an endpoint. @param referenceOf id of the row that a row is compared with; null: none */
export function knownRows<Row extends RowOfPlan>(
  result: Result,
  rows: readonly Row[],
  endpoint: string,
  referenceOf: (row: Row) => string | null,
): (Row & KnownRow)[] {
  const known = withCells(result, rows, endpoint)
  const pairs = comparePairs(
    result,
    known.flatMap((row) => {
      const reference = referenceOf(row)
      return reference === null || reference === row.id ? [] : [{ app: row.id, reference, endpoint }]
    }),
  )
  const estimated = estimateRows(known, {
    frontCost: ({ cell }) => partCosts(cell, (share) => share),
    serverCost: ({ cell }) => partCosts(cell, (share) => 1 - share),
  })
  return estimated.map((row) => ({
    ...row,
    serverCost: row.serverCost ?? row.cell.cost,
    overReference: pairs.find(({ app }) => app === row.id)?.ratio ?? null,
  }))
}

/** What most tables say of a row. */
export function costColumns(result: Result, referenceName: string): Columns<KnownRow> {
  return {
    server: ({ id }) => appName(result, id),
    'in front': ({ front, transport = 'tcp' }) => (front === undefined ? 'nothing' : `${front}, ${transport}`),
    'requests/s': ({ cell }) => (serverWasTheLimit(cell) ? cell.requestsPerSecond : null),
    'CPU µs/request': ({ cell }) => cell.cost,
    'of the front, µs': ({ frontCost }) => frontCost,
    'of the server, µs': ({ serverCost }) => serverCost,
    'all ÷ node:http alone': ({ cell }) => cell.ratio,
    [`all ÷ ${referenceName}`]: ({ overReference }) => overReference,
  }
}

/** Front and server of every row, one below the other. */
export function costChart(result: Result, id: string, title: string, rows: readonly KnownRow[]): AnswerChart {
  const description = 'CPU microseconds per request of the front, of the server and of both, a row per server'
  return chartOf(
    { id, title, description, y: { title: 'CPU µs/request, less is better' } },
    rows.flatMap(({ id: app, cell, frontCost, serverCost }) => {
      const name = appName(result, app)
      if (frontCost === null) return mark('together', name, cell.cost)
      return [...mark('together', name, cell.cost), ...mark('server', name, serverCost), ...mark('front', name, frontCost)]
    }),
  )
}

/** Places by cost among rows, from 1: as few as are proven cheaper before it, as many as are not proven dearer. */
export function placesOf(rows: readonly KnownRow[]): ReadonlyMap<string, { readonly low: number; readonly high: number }> {
  const isBelow = (one: Estimate, other: Estimate) => one.high !== null && other.low !== null && one.high < other.low
  return new Map(
    rows.map(({ id, cell }) => {
      const cheaper = rows.filter((other) => isBelow(other.cell.cost, cell.cost)).length
      const dearer = rows.filter((other) => isBelow(cell.cost, other.cell.cost)).length
      return [id, { low: 1 + cheaper, high: rows.length - dearer }]
    }),
  )
}

/** `3` or `3–5`. */
export function placeInWords({ low, high }: { readonly low: number; readonly high: number }): string {
  return low === high ? String(low) : `${low}–${high}`
}

/** `koa costs 1.2 [1.1, 1.3] times`, as part of a sentence. */
export function timesReference(result: Result, rows: readonly KnownRow[]): string[] {
  return rows.flatMap(({ id, overReference }) =>
    overReference === null ? [] : [`${named(appName(result, id))} ${formatEstimate(overReference)}`],
  )
}
