import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { MARGIN } from '../../analysis/checks/thresholds.ts'
import { barOf, costsOf, differences, estimateFigures, estimateLogs, logRatios } from '../../analysis/relative.ts'
import { variantId } from '../../measure/plan.ts'
import type { AnswerBody, AnswerChart, AnswerFigure, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { type ConnectionWay, connectionWays, stalls } from './connections-modes.ts'
import { isKnown, isTie, named } from './phrases.ts'
import { invalidCodes, isUsable, notUsable } from './usable.ts'

const LONGEST_MESSAGE = 240

/** One app in one way; numbers of valid cells only. */
interface Row {
  readonly app: string
  readonly endpoint: string
  readonly way: ConnectionWay
  readonly cell: MeasuredCell
  readonly valid: boolean
  /** Over the same app as it is, in the same rounds; null: nothing to compare, or nothing to quote. */
  readonly overheadMicroseconds: Estimate | null
  readonly ratio: Estimate | null
}

/** What the study says: the price of a connection and of a second write, and the stall, which is quoted as what was found. */
export function answerConnections(result: Result, apps: readonly string[]): AnswerBody {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const rows = endpoints.flatMap((endpoint) => rowsOf(result, apps, endpoint))
  const several = endpoints.length > 1
  return {
    sentences: endpoints.flatMap((endpoint) => {
      const own = rows.filter((row) => row.endpoint === endpoint)
      const where = several ? `On ${named(endpoint)}: ` : ''
      return connectionWays.flatMap((way) => sentences(own, way).map((sentence) => `${where}${sentence}`))
    }),
    tables: endpoints
      .map((endpoint) => ({ endpoint, own: rows.filter((row) => row.endpoint === endpoint) }))
      .filter(({ own }) => own.length > 0)
      .map(({ endpoint, own }) => table(endpoint, own)),
    charts: endpoints.flatMap((endpoint) =>
      chart(
        endpoint,
        rows.filter((row) => row.endpoint === endpoint && row.valid),
      ),
    ),
    limits: [...notUsable(rows.filter((row) => !row.valid && !isStalled(row)).map(({ cell }) => cell)), ...limits(rows)],
  }
}

function rowsOf(result: Result, apps: readonly string[], endpoint: string): Row[] {
  const cellOf = (app: string, key: string | null) => {
    const id = variantId({ app: { id: app }, key })
    const cell = result.cells.find((one) => one.app === id && one.endpoint === endpoint)
    return cell?.state === 'measured' ? cell : null
  }
  const known = apps.flatMap((app) =>
    connectionWays.flatMap((way) => {
      const cell = cellOf(app, way.key)
      return cell === null ? [] : [{ app, endpoint, way, cell, valid: isUsable(cell), plain: cellOf(app, null) }]
    }),
  )
  const pairs = known.map(({ cell, plain }) => [costsOf(cell), plain === null ? [] : costsOf(plain)] as const)
  const costs = estimateFigures(pairs.map(([own, other]) => differences(own, other)))
  const times = estimateLogs(pairs.map(([own, other]) => logRatios(own, other)))
  return known.map(({ plain, ...row }, index) => {
    const compared = row.way.key !== null && row.valid && plain !== null && isUsable(plain)
    return { ...row, overheadMicroseconds: compared ? costs[index]! : null, ratio: compared ? times[index]! : null }
  })
}

/** The finding that the way was made to bring about. */
function stallOf({ cell: { findings } }: Row) {
  return findings.find(({ code }) => code === 'stall') ?? null
}

function isStalled(row: Row): boolean {
  return stalls(row.way) && stallOf(row) !== null
}

function sentences(rows: readonly Row[], way: ConnectionWay): string[] {
  const own = rows.filter((row) => row.way === way)
  if (way.key === null) return []
  if (stalls(way)) return stallSentences(own)
  const known = own.filter(({ ratio }) => ratio !== null && isKnown(ratio))
  const tied = known.filter(({ ratio }) => isTie(ratio!))
  const different = known.filter(({ ratio }) => !isTie(ratio!))
  const apart = different.filter(({ ratio }) => !withinMargin(ratio!))
  const small = different.filter(({ ratio }) => withinMargin(ratio!))
  const amounts = apart.map(
    ({ app, overheadMicroseconds, ratio }) =>
      `${named(app)} ${formatEstimate(overheadMicroseconds!)} µs (${formatEstimate(ratio!)} times)`,
  )
  return [
    ...(apart.length === 0 ? [] : [`${titleOf(way)} changes the server CPU per request of ${listInWords(amounts)}.`]),
    ...(small.length === 0
      ? []
      : [
          `${titleOf(way)} changes the server CPU per request by less than ${formatNumber(100 * MARGIN, 0)} % for ` +
            `${listInWords(small.map(({ app, ratio }) => `${named(app)} (${formatEstimate(ratio!)} times)`))}, below the 1 % threshold.`,
        ]),
    ...(tied.length === 0
      ? []
      : [
          `${titleOf(way)} cannot be told apart from the app as it is by the cost of ${listInWords(tied.map(({ app }) => named(app)))}.`,
        ]),
  ]
}

/** Different by less than what matters, even if it is proven: two processes of the same code differ as well. */
function withinMargin({ low, high }: Estimate): boolean {
  return low! > 1 - MARGIN && high! < 1 + MARGIN
}

function titleOf({ keepAlive, nagle, twoWrites }: ConnectionWay): string {
  if (!keepAlive) return 'A new connection for every request'
  if (nagle && twoWrites) return 'Nagle’s algorithm with two writes per response'
  return nagle ? 'Nagle’s algorithm with one write per response' : 'Two writes per response with TCP_NODELAY as it is'
}

function stallSentences(rows: readonly Row[]): string[] {
  const stalled = rows.filter((row) => stallOf(row) !== null)
  const others = rows.filter((row) => stallOf(row) === null)
  return [
    ...stalled.map(
      (row) =>
        `Nagle’s algorithm and two writes per response stall ${named(row.app)}, as they are meant to, and the check says so: ` +
        `${plainText(stallOf(row)!.message, LONGEST_MESSAGE)}. That is no cost, so none is quoted.`,
    ),
    ...(others.length === 0
      ? []
      : [
          `Nagle’s algorithm and two writes per response did not stall ${listInWords(others.map(({ app }) => named(app)))} here.`,
        ]),
  ]
}

function table(endpoint: string, rows: readonly Row[]): AnswerTable {
  return {
    id: `connections-${endpoint}`,
    title: `${endpoint}: by way of connecting and writing`,
    columns: [
      ...textColumns('app', 'connection', 'TCP_NODELAY'),
      ...numberColumns(
        'writes',
        'CPU µs/request',
        'µs over the app as it is',
        'times the app as it is',
        'requests/s',
        'latency p50, µs',
        'server busy %',
      ),
      ...textColumns('verdict'),
    ],
    rows: rows.map((row): AnswerFigure[] => [
      ...[named(row.app), row.way.keepAlive ? 'kept' : 'new', row.way.nagle ? 'off' : 'as it is', row.way.twoWrites ? 2 : 1],
      ...(row.valid
        ? [row.cell.cost, row.overheadMicroseconds, row.ratio, row.cell.requestsPerSecond]
        : [null, null, null, null]),
      row.valid ? (row.cell.latencyMicroseconds?.p50 ?? null) : null,
      Number((100 * row.cell.serverBusy).toFixed(1)),
      verdictOf(row),
    ]),
    note: 'What is invalid has no numbers here. "as it is": the app decides; node:http has TCP_NODELAY on, and most apps write once.',
  }
}

function verdictOf({ cell }: Row): string {
  const codes = invalidCodes(cell)
  return codes.length === 0 ? cell.verdict : `${cell.verdict}: ${codes.join(', ')}`
}

function chart(endpoint: string, rows: readonly Row[]): AnswerChart[] {
  if (rows.length === 0) return []
  return [
    {
      ...{ id: `connections-${endpoint}`, title: `${endpoint}: server CPU per request`, form: 'rows' },
      description: `${endpoint}: server CPU µs per request by way of connecting and writing, a row per app`,
      x: { title: 'app', scale: 'linear' },
      y: { title: 'CPU µs/request, less is better', scale: 'log' },
      points: rows.map(({ app, way, cell: { cost } }) => ({
        ...{ panel: null, series: seriesOf(way), x: named(app) },
        ...barOf(cost),
      })),
    },
  ]
}

function seriesOf({ key, keepAlive, nagle, twoWrites }: ConnectionWay): string {
  if (key === null) return 'as it is'
  if (!keepAlive) return 'new connection'
  return [...(nagle ? ['Nagle'] : []), twoWrites ? 'two writes' : 'one write'].join(', ')
}

function limits(rows: readonly Row[]): string[] {
  const fresh = rows.filter(({ way, valid }) => !way.keepAlive && valid)
  const idle = fresh.filter(({ cell }) => !serverWasTheLimit(cell))
  return [
    ...(idle.length === 0
      ? []
      : [
          `Opening a connection costs the load generator more than the server: requests/s of ${listInWords([...new Set(idle.map(({ app }) => named(app)))])} ` +
            'with a new connection are those of the load generator, not of the server.',
        ]),
    ...(fresh.length === 0
      ? []
      : [
          'On loopback the kernel does a part of opening a connection in the name of the client: the price of a connection is the part of the server.',
        ]),
  ]
}
