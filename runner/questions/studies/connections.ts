import { MARGIN } from '../../analysis/checks/finding.ts'
import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { costsOf, differences, estimateRows, logRatios } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import {
  endpointsIn,
  ifUsable,
  invalidCodes,
  isKnown,
  isTie,
  isUsable,
  measuredCell,
  named,
  needsAutocannon,
  notUsable,
  percent,
  saidOf,
  withCells,
} from './phrases.ts'
import { prepareVariants, type Study, type Variant, variantOf } from './study.ts'

const MODULE = new URL('../../../apps/connections/written-otherwise.ts', import.meta.url)
const LONGEST_MESSAGE = 240

/** A way in which a connection is used and a response written. */
interface Way {
  /** Part of the ids of its cells, `koa@new`; null: connections are kept, and the app writes as it does. */
  readonly key: string | null
  readonly series: string
  /** The subject of a sentence. */
  readonly title: string
  /** Connections are closed after every request. */
  readonly isNew?: boolean
  /** TCP_NODELAY is off on the server's side; else as the app has it, on by default. */
  readonly nagle?: boolean
  readonly twoWrites?: boolean
  /** Nagle's algorithm keeps the second of two small writes back until the first is acknowledged, which the other side puts off. */
  readonly stalls?: boolean
}

/** The first one is what the others are compared with. */
const WAYS: readonly Way[] = [
  { key: null, series: 'as it is', title: '' },
  { key: 'new', series: 'new connection', title: 'A new connection for every request', isNew: true },
  { key: 'nagle', series: 'Nagle, one write', title: 'Nagle’s algorithm with one write per response', nagle: true },
  { key: 'two-writes', series: 'two writes', title: 'Two writes per response with TCP_NODELAY as it is', twoWrites: true },
  // What cost people days in 2009: each response takes 40 ms, and no CPU is busy.
  {
    ...{ key: 'nagle-two-writes', series: 'Nagle, two writes', title: 'Nagle’s algorithm and two writes per response' },
    ...{ nagle: true, twoWrites: true, stalls: true },
  },
]

/** What a connection costs, and what the way of writing a response does to it. */
export const connections: Study = {
  id: 'connections',
  title: 'connections',
  question: 'What does a new connection for every request cost, and what do two writes per response and Nagle’s algorithm do?',
  defaults: { apps: ['node-http', 'koa', 'express'], endpoints: ['hello'], precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4.5 },
  // What is asked about are options of TCP.
  without: ['transport'],
  ownOptions: [],
  examples: ['npm run study -- connections --quick', 'npm run study -- connections --apps koa,./mine/app.ts --endpoints table'],
  async prepare(options, _own, { apps }) {
    needsAutocannon(options.driver, 'open a connection for every request')
    // A process for every way: what code for new connections has seen and left behind must not change what a kept one costs.
    const variants = apps.flatMap((app) =>
      WAYS.map((way) => {
        const { key, isNew = false, nagle = false, twoWrites = false, stalls = false } = way
        const recipe = { module: MODULE, name: 'writtenOtherwise', base: app, arguments: [{ nagle, twoWrites }] }
        // Opening connections costs the load generator more than the server, and a stall leaves both idle.
        const load = { keepAlive: !isNew, saturates: !isNew && !stalls }
        return {
          ...variantOf(app, key),
          way,
          ...(nagle || twoWrites ? { recipe } : {}),
          deployment: { ...(stalls ? { provokes: ['stall'] } : {}), load },
        }
      }),
    )
    return prepareVariants(options, variants, (result) => answerConnections(result, variants))
  },
}

type WayOfApp = Pick<Variant, 'app' | 'id'> & { readonly way: Way }

/** What the study says: the price of a connection and of a second write, and the stall, which is quoted as what was found. */
function answerConnections(result: Result, variants: readonly WayOfApp[]): AnswerBody {
  const endpoints = endpointsIn(result)
  const known = endpoints.map((endpoint) => ({ endpoint, rows: rowsOf(result, variants, endpoint) }))
  const all = known.flatMap(({ rows }) => rows)
  const parts = known.map(({ endpoint, rows }) => {
    const where = endpoints.length > 1 ? `On ${named(endpoint)}: ` : ''
    return {
      sentences: WAYS.slice(1).flatMap((way) => sentences(rows, way).map((sentence) => `${where}${sentence}`)),
      tables: [table(endpoint, rows)],
      charts: [chart(endpoint, rows)],
    }
  })
  const silent = all.filter(({ valid, way, stall }) => !valid && !(way.stalls && stall !== null))
  return joinAnswers(...parts, { limits: [...notUsable(silent.map(({ cell }) => cell)), ...limits(all)] })
}

type Row = ReturnType<typeof rowsOf>[number]

/** Ways of apps over the same app as it is, in the same rounds: `ratio` and `overhead`, µs; null: nothing to compare, or to quote. */
function rowsOf(result: Result, variants: readonly WayOfApp[], endpoint: string) {
  const known = withCells(result, variants, endpoint, measuredCell)
  const plainOf = ({ app }: WayOfApp) => known.find((one) => one.app === app && one.way === WAYS[0])?.cell
  const plainCosts = (row: WayOfApp) => costsOf(plainOf(row) ?? { perRound: [] })
  const estimated = estimateRows(
    known,
    { ratio: (row) => logRatios(costsOf(row.cell), plainCosts(row)) },
    { overhead: (row) => differences(costsOf(row.cell), plainCosts(row)) },
  )
  return estimated.map((row) => {
    const plain = plainOf(row)
    const valid = isUsable(row.cell)
    const compared = row.way !== WAYS[0] && valid && plain !== undefined && isUsable(plain)
    // What the check says that the way was made to bring about.
    const stall = row.cell.findings.find(({ code }) => code === 'stall')?.message ?? null
    return { ...row, valid, stall, ...(compared ? {} : { ratio: null, overhead: null }) }
  })
}

function sentences(rows: readonly Row[], way: Way): string[] {
  const own = rows.filter((row) => row.way === way)
  if (way.stalls) return stallSentences(own)
  const known = own.flatMap(({ app, ratio, overhead }) =>
    ratio !== null && isKnown(ratio) ? [{ app, ratio, times: `${formatEstimate(ratio)} times`, overhead }] : [],
  )
  const tied = known.filter(({ ratio }) => isTie(ratio))
  const different = known.filter(({ ratio }) => !isTie(ratio))
  const large = different.filter(({ ratio }) => !withinMargin(ratio))
  const amounts = large.map(({ app, times, overhead }) => `${named(app)} ${formatEstimate(overhead!)} µs (${times})`)
  const small = different.filter(({ ratio }) => withinMargin(ratio)).map(({ app, times }) => `${named(app)} (${times})`)
  const changes = `${way.title} changes the server CPU per request`
  const margin = formatNumber(100 * MARGIN, 0)
  return [
    ...saidOf(amounts, (list) => `${changes} of ${list}.`),
    ...saidOf(small, (list) => `${changes} by less than ${margin} % for ${list}, below the 1 % threshold.`),
    ...saidOf(tied, (names) => `${way.title} cannot be told apart from the app as it is by the cost of ${names}.`),
  ]
}

/** Different by less than what matters, even if it is proven: two processes of the same code differ as well. */
function withinMargin({ low, high }: Estimate): boolean {
  return low! > 1 - MARGIN && high! < 1 + MARGIN
}

function stallSentences(rows: readonly Row[]): string[] {
  const { title } = WAYS.find(({ stalls }) => stalls)!
  const stalled = rows.flatMap(({ app, stall }) =>
    stall === null
      ? []
      : `${title} stall ${named(app)}, as they are meant to, and the check says so: ` +
        `${plainText(stall, LONGEST_MESSAGE)}. That is no cost, so none is quoted.`,
  )
  const others = rows.filter(({ stall }) => stall === null)
  return [...stalled, ...saidOf(others, (names) => `${title} did not stall ${names} here.`)]
}

function table(endpoint: string, rows: readonly Row[]) {
  const note =
    'What is invalid has no numbers here. "as it is": the app decides; node:http has TCP_NODELAY on, and most apps write once.'
  return tableOf({ id: `connections-${endpoint}`, title: `${endpoint}: by way of connecting and writing`, note }, rows, {
    app: ({ app }) => named(app),
    connection: ({ way }) => (way.isNew ? 'new' : 'kept'),
    TCP_NODELAY: ({ way }) => (way.nagle ? 'off' : 'as it is'),
    writes: ({ way }) => (way.twoWrites ? 2 : 1),
    'CPU µs/request': ifUsable(({ cost }) => cost),
    'µs over the app as it is': ({ overhead }) => overhead,
    'times the app as it is': ({ ratio }) => ratio,
    'requests/s': ifUsable(({ requestsPerSecond }) => requestsPerSecond),
    'latency p50, µs': ifUsable(({ latencyMicroseconds }) => latencyMicroseconds?.p50),
    'server busy %': ({ cell }) => percent(cell.serverBusy),
    verdict: ({ cell }) => [cell.verdict, invalidCodes(cell).join(', ')].filter(Boolean).join(': '),
  })
}

function chart(endpoint: string, rows: readonly Row[]) {
  const words = { id: `connections-${endpoint}`, title: `${endpoint}: server CPU per request` }
  const description = `${endpoint}: server CPU µs per request by way of connecting and writing, a row per app`
  return chartOf(
    { ...words, description, y: { title: 'CPU µs/request, less is better', scale: 'log' } },
    rows.flatMap(({ app, way, cell, valid }) => mark(way.series, named(app), valid ? cell.cost : null)),
  )
}

function limits(rows: readonly Row[]): string[] {
  const fresh = rows.filter(({ way, valid }) => way.isNew && valid)
  return [
    ...saidOf(
      fresh.filter(({ cell }) => !serverWasTheLimit(cell)),
      (names) =>
        `Opening a connection costs the load generator more than the server: requests/s of ${names} ` +
        'with a new connection are those of the load generator, not of the server.',
    ),
    ...saidOf(
      fresh,
      () =>
        'On loopback the kernel does a part of opening a connection in the name of the client: the price of a connection is the part of the server.',
    ),
  ]
}
