import { MARGIN } from '../../analysis/checks/finding.ts'
import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { costsOf, differences, estimateRows, logRatios } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import { variantId } from '../../result/ids.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import {
  endpointsIn,
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
} from './phrases.ts'
import type { Study } from './study.ts'
import { prepareVariants, type Variant } from './variants.ts'

const WRITTEN_OTHERWISE = {
  module: new URL('../../../apps/connections/written-otherwise.ts', import.meta.url),
  name: 'writtenOtherwise',
}
const LONGEST_MESSAGE = 240

/** A way in which a connection is used and a response written. */
interface Way {
  /** Part of the ids of its cells, `koa@new`; null: connections are kept, and the app writes as it does. */
  readonly key: string | null
  /** In a sentence and in a chart. */
  readonly title: string
  readonly series: string
  readonly keepAlive: boolean
  /** TCP_NODELAY is off on the server's side; else as the app has it, on by default. */
  readonly nagle: boolean
  readonly twoWrites: boolean
  /** Nagle's algorithm keeps the second of two small writes back until the first is acknowledged, which the other side puts off. */
  readonly stalls: boolean
}

const USUAL = { title: '', keepAlive: true, nagle: false, twoWrites: false, stalls: false }
/** The first one is what the others are compared with. */
const WAYS: readonly Way[] = [
  { ...USUAL, key: null, series: 'as it is' },
  { ...USUAL, key: 'new', series: 'new connection', title: 'A new connection for every request', keepAlive: false },
  { ...USUAL, key: 'nagle', series: 'Nagle, one write', title: 'Nagle’s algorithm with one write per response', nagle: true },
  {
    ...USUAL,
    key: 'two-writes',
    series: 'two writes',
    title: 'Two writes per response with TCP_NODELAY as it is',
    twoWrites: true,
  },
  // What cost people days in 2009: each response takes 40 ms, and no CPU is busy.
  { ...USUAL, key: 'nagle-two-writes', series: 'Nagle, two writes', nagle: true, twoWrites: true, stalls: true },
]

/** What a connection costs, and what the way of writing a response does to it. */
export const connections: Study = {
  id: 'connections',
  title: 'connections',
  question: 'What does a new connection for every request cost, and what do two writes per response and Nagle’s algorithm do?',
  defaults: { apps: ['node-http', 'koa', 'express'], endpoints: ['hello'], precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  // What is asked about are options of TCP.
  without: ['transport'],
  ownOptions: [],
  examples: ['npm run study -- connections --quick', 'npm run study -- connections --apps koa,./mine/app.ts --endpoints table'],
  async prepare(options, _own, { apps }) {
    needsAutocannon(options.driver, 'open a connection for every request')
    const variants = apps.flatMap((app) => WAYS.map((way) => variantOf(app, way)))
    const ids = apps.map(({ id }) => id)
    return { ...(await prepareVariants(options, variants)), answer: (result) => answerConnections(result, ids) }
  },
}

/** A process for every way: what code for new connections has seen and left behind must not change what a kept one costs. */
function variantOf(app: ResolvedApp, { key, keepAlive, nagle, twoWrites, stalls }: Way): Variant {
  return {
    app,
    key,
    ...(nagle || twoWrites ? { recipe: { ...WRITTEN_OTHERWISE, base: app, arguments: [{ nagle, twoWrites }] } } : {}),
    deployment: {
      ...(stalls ? { provokes: ['stall'] } : {}),
      // Opening connections costs the load generator more than the server, and a stall leaves both idle.
      load: { keepAlive, saturates: keepAlive && !stalls },
    },
  }
}

/** One app in one way; numbers of valid cells only. */
interface Row {
  readonly app: string
  readonly way: Way
  readonly cell: MeasuredCell
  readonly valid: boolean
  /** What the check says that the way was made to bring about; null: it was not found. */
  readonly stall: string | null
  /** Over the same app as it is, in the same rounds; null: nothing to compare, or nothing to quote. */
  readonly overheadMicroseconds: Estimate | null
  readonly ratio: Estimate | null
}

/** What the study says: the price of a connection and of a second write, and the stall, which is quoted as what was found. */
function answerConnections(result: Result, apps: readonly string[]): AnswerBody {
  const endpoints = endpointsIn(result)
  const known = endpoints.map((endpoint) => ({ endpoint, rows: rowsOf(result, apps, endpoint) }))
  const all = known.flatMap(({ rows }) => rows)
  const parts = known.map(({ endpoint, rows }) => {
    const where = endpoints.length > 1 ? `On ${named(endpoint)}: ` : ''
    const [, ...changed] = WAYS
    return {
      sentences: changed.flatMap((way) => sentences(rows, way)).map((sentence) => `${where}${sentence}`),
      tables: [table(endpoint, rows)],
      charts: [chart(endpoint, rows)],
    }
  })
  const silent = all.filter(({ valid, way, stall }) => !valid && !(way.stalls && stall !== null))
  return joinAnswers(...parts, { limits: [...notUsable(silent.map(({ cell }) => cell)), ...limits(all)] })
}

function rowsOf(result: Result, apps: readonly string[], endpoint: string): Row[] {
  const known = apps.flatMap((app) => {
    const plain = measuredCell(result, app, endpoint)
    return WAYS.flatMap((way) => {
      const cell = measuredCell(result, variantId(app, way.key), endpoint)
      return cell === null ? [] : [{ app, way, cell, plain }]
    })
  })
  const pair = ({ cell, plain }: (typeof known)[number]) => [costsOf(cell), plain === null ? [] : costsOf(plain)] as const
  const estimated = estimateRows(
    known,
    { ratio: (row) => logRatios(...pair(row)) },
    { overheadMicroseconds: (row) => differences(...pair(row)) },
  )
  return estimated.map(({ plain, ...row }) => {
    const valid = isUsable(row.cell)
    const compared = row.way.key !== null && valid && plain !== null && isUsable(plain)
    const stall = row.cell.findings.find(({ code }) => code === 'stall')?.message ?? null
    return { ...row, valid, stall, ...(compared ? {} : { ratio: null, overheadMicroseconds: null }) }
  })
}

function sentences(rows: readonly Row[], way: Way): string[] {
  const own = rows.filter((row) => row.way === way)
  if (way.stalls) return stallSentences(own)
  const known = own.flatMap(({ app, ratio, overheadMicroseconds }) =>
    ratio !== null && isKnown(ratio) ? [{ app, ratio, overhead: overheadMicroseconds! }] : [],
  )
  const tied = known.filter(({ ratio }) => isTie(ratio))
  const different = known.filter(({ ratio }) => !isTie(ratio))
  const times = ({ app, ratio }: (typeof known)[number]) => `${named(app)} (${formatEstimate(ratio)} times)`
  const amount = ({ app, ratio, overhead }: (typeof known)[number]) =>
    `${named(app)} ${formatEstimate(overhead)} µs (${formatEstimate(ratio)} times)`
  return [
    ...saidOf(
      different.filter(({ ratio }) => !withinMargin(ratio)).map(amount),
      (amounts) => `${way.title} changes the server CPU per request of ${amounts}.`,
    ),
    ...saidOf(
      different.filter(({ ratio }) => withinMargin(ratio)).map(times),
      (small) =>
        `${way.title} changes the server CPU per request by less than ${formatNumber(100 * MARGIN, 0)} % for ${small}, below the 1 % threshold.`,
    ),
    ...saidOf(
      tied.map(({ app }) => named(app)),
      (names) => `${way.title} cannot be told apart from the app as it is by the cost of ${names}.`,
    ),
  ]
}

/** Different by less than what matters, even if it is proven: two processes of the same code differ as well. */
function withinMargin({ low, high }: Estimate): boolean {
  return low! > 1 - MARGIN && high! < 1 + MARGIN
}

function stallSentences(rows: readonly Row[]): string[] {
  const what = 'Nagle’s algorithm and two writes per response'
  return [
    ...rows.flatMap(({ app, stall }) =>
      stall === null
        ? []
        : [
            `${what} stall ${named(app)}, as they are meant to, and the check says so: ` +
              `${plainText(stall, LONGEST_MESSAGE)}. That is no cost, so none is quoted.`,
          ],
    ),
    ...saidOf(
      rows.filter(({ stall }) => stall === null).map(({ app }) => named(app)),
      (names) => `${what} did not stall ${names} here.`,
    ),
  ]
}

function table(endpoint: string, rows: readonly Row[]) {
  return tableOf(
    {
      id: `connections-${endpoint}`,
      title: `${endpoint}: by way of connecting and writing`,
      note: 'What is invalid has no numbers here. "as it is": the app decides; node:http has TCP_NODELAY on, and most apps write once.',
    },
    rows,
    {
      app: ({ app }) => named(app),
      connection: ({ way }) => (way.keepAlive ? 'kept' : 'new'),
      TCP_NODELAY: ({ way }) => (way.nagle ? 'off' : 'as it is'),
      writes: ({ way }) => (way.twoWrites ? 2 : 1),
      'CPU µs/request': ({ valid, cell }) => (valid ? cell.cost : null),
      'µs over the app as it is': ({ overheadMicroseconds }) => overheadMicroseconds,
      'times the app as it is': ({ ratio }) => ratio,
      'requests/s': ({ valid, cell }) => (valid ? cell.requestsPerSecond : null),
      'latency p50, µs': ({ valid, cell }) => (valid ? cell.latencyMicroseconds?.p50 : null),
      'server busy %': ({ cell }) => percent(cell.serverBusy),
      verdict: verdictOf,
    },
  )
}

function verdictOf({ cell }: Row): string {
  const codes = invalidCodes(cell)
  return codes.length === 0 ? cell.verdict : `${cell.verdict}: ${codes.join(', ')}`
}

function chart(endpoint: string, rows: readonly Row[]) {
  return chartOf(
    {
      id: `connections-${endpoint}`,
      title: `${endpoint}: server CPU per request`,
      description: `${endpoint}: server CPU µs per request by way of connecting and writing, a row per app`,
      y: { title: 'CPU µs/request, less is better', scale: 'log' },
    },
    rows.flatMap(({ app, way, cell, valid }) => mark(way.series, named(app), valid ? cell.cost : null)),
  )
}

function limits(rows: readonly Row[]): string[] {
  const fresh = rows.filter(({ way, valid }) => !way.keepAlive && valid)
  return [
    ...saidOf(
      fresh.filter(({ cell }) => !serverWasTheLimit(cell)).map(({ app }) => named(app)),
      (names) =>
        `Opening a connection costs the load generator more than the server: requests/s of ${names} ` +
        'with a new connection are those of the load generator, not of the server.',
    ),
    ...saidOf(
      fresh.map(({ app }) => app),
      () =>
        'On loopback the kernel does a part of opening a connection in the name of the client: the price of a connection is the part of the server.',
    ),
  ]
}
