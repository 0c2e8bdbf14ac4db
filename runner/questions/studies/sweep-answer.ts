import type { FindingCode } from '../../analysis/checks/registry.ts'
import { USED_UP } from '../../analysis/checks/thresholds.ts'
import { barOf, combine, estimateLogs, figuresOf } from '../../analysis/relative.ts'
import type { AnswerBody, AnswerChart, AnswerFigure, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { type AsymptoticBounds, asymptoticBounds } from '../../statistics/queueing.ts'
import { named } from './phrases.ts'
import { isUsable, notUsable } from './usable.ts'

/** One level of one app. */
export interface SweepLevel {
  readonly app: string
  /** Of the app in the plan. */
  readonly id: string
  readonly connections: number
}

/** Beyond so many times the knee more connections can only queue. */
const PLATEAU_KNEES = 4
/** A throughput above its bound by more than this is told: the bounds are made from two levels, and the others have costs of their own. */
const BOUND_TOLERANCE = 1.03
/** With one of these it is the measurement that is in doubt; they say so themselves. */
const COUNTS_DIFFER: readonly FindingCode[] = ['counters-disagree', 'littles-law-strained', 'littles-law-broken']

interface Measured extends SweepLevel {
  readonly cell: MeasuredCell
}

/** What a sweep says: a row per app and level, the plateau and the knee of every app. */
export function answerSweep(result: Result, levels: readonly SweepLevel[]): AnswerBody {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const known = endpoints.map((endpoint) => ({ endpoint, measured: measuredOf(result, levels, endpoint) }))
  // Tables have rows for what is invalid, without its numbers; sentences and curves are made without it.
  const curves = known.flatMap(({ endpoint, measured }) =>
    [
      ...Map.groupBy(
        measured.filter(({ cell }) => isUsable(cell)),
        ({ app }) => app,
      ),
    ].map(([app, own]) => ({
      endpoint,
      app,
      own,
      ...shapeOf(own),
    })),
  )
  return {
    sentences: curves.map((curve) => sentence(curve, endpoints.length > 1)),
    tables: known.filter(({ measured }) => measured.length > 0).map(({ endpoint, measured }) => table(endpoint, measured)),
    charts: known.flatMap(({ endpoint, measured }) =>
      charts(
        endpoint,
        measured.filter(({ cell }) => isUsable(cell)),
      ),
    ),
    limits: [...notUsable(result.cells), ...curves.flatMap(({ app, own, bounds }) => aboveBound(app, own, bounds))],
  }
}

function measuredOf(result: Result, levels: readonly SweepLevel[], endpoint: string): Measured[] {
  return levels.flatMap((level) => {
    const cell = result.cells.find((one) => one.app === level.id && one.endpoint === endpoint)
    return cell?.state === 'measured' ? [{ ...level, cell }] : []
  })
}

interface Shape {
  readonly bounds: AsymptoticBounds | null
  /** Throughput where more connections change nothing; null: no level lies there. */
  readonly plateau: Estimate | null
  /** Fewest connections on the plateau. */
  readonly from: number | null
}

/** Knee and plateau of one app: bounds from the least loaded level and from the demand at the most loaded one. */
function shapeOf(own: readonly Measured[]): Shape {
  const [least, most] = [own[0]!, own.at(-1)!]
  if (least.connections === most.connections) return { bounds: null, plateau: null, from: null }
  const alone = least.connections / least.cell.requestsPerSecond.value
  const bounds = asymptoticBounds(alone, most.cell.cost.value / 1e6)
  const flat = own.filter(({ connections }) => connections >= PLATEAU_KNEES * bounds.knee)
  return { bounds, plateau: flat.length === 0 ? null : meanRate(flat), from: flat[0]?.connections ?? null }
}

/** Geometric mean of the rates of the levels, round by round: the levels of a round share its process. */
function meanRate(levels: readonly Measured[]): Estimate {
  const logs = levels.map(({ cell }) => figuresOf(cell, ({ requestsPerSecond }) => Math.log(requestsPerSecond)))
  const sums = logs.reduce((sum, own) => combine(sum, own, (a, b) => a + b))
  return estimateLogs([sums.map((figure) => ({ ...figure, value: figure.value / levels.length }))])[0]!
}

function sentence(curve: Shape & { endpoint: string; app: string; own: readonly Measured[] }, several: boolean): string {
  const { app, endpoint, own, bounds, plateau, from } = curve
  const where = `${named(app)}${several ? ` on ${named(endpoint)}` : ''}`
  const limit = limitOf(own.at(-1)!.cell)
  if (bounds === null) return `${where}: one number of connections says nothing of a plateau.`
  const knee = `its knee by asymptotic bounds is at ${formatNumber(bounds.knee, 1)} connections`
  if (plateau === null) return `${where}: ${knee}, and no level lies ${PLATEAU_KNEES} times beyond it.`
  return `${where} gives ${formatEstimate(plateau)} requests/s from ${from} connections on, and what limits it is ${limit}; ${knee}.`
}

function limitOf({ serverBusy, loadBusy }: MeasuredCell): string {
  if (serverBusy >= USED_UP) return 'the CPU of the server'
  if (loadBusy !== null && loadBusy >= USED_UP) return 'the load generator'
  return 'neither CPU'
}

function table(endpoint: string, measured: readonly Measured[]): AnswerTable {
  return {
    id: `sweep-${endpoint}`,
    title: `${endpoint}: by number of connections`,
    columns: [
      ...textColumns('app'),
      ...numberColumns(
        'connections',
        'requests/s',
        'CPU µs/request',
        'latency p50, µs',
        'p99, µs',
        'requests/s × mean latency',
        'server busy %',
        'load busy %',
      ),
      ...textColumns('limit', 'verdict'),
    ],
    rows: measured.map(({ app, connections, cell }): AnswerFigure[] => [
      ...[app, connections],
      ...(isUsable(cell)
        ? [
            cell.requestsPerSecond,
            cell.cost,
            cell.latencyMicroseconds?.p50 ?? null,
            cell.latencyMicroseconds?.p99 ?? null,
            inFlight(cell),
          ]
        : [null, null, null, null, null]),
      ...[percent(cell.serverBusy), cell.loadBusy === null ? null : percent(cell.loadBusy), limitOf(cell), cell.verdict],
    ]),
    note:
      "Requests/s times mean latency is the number of requests on their way, by Little's law; latencies leave out the first answer " +
      'of every connection in a slice. Latency in a closed loop only says how many wait.',
  }
}

/** N = X · R: of the steady part, as the latencies are. */
function inFlight({ requestsPerSecond, latencyMicroseconds }: MeasuredCell): number | null {
  const latency = latencyMicroseconds?.mean ?? null
  return latency === null ? null : round(requestsPerSecond.value * latency * 1e-6, 2)
}

function percent(share: number): number {
  return round(100 * share, 1)
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

function charts(endpoint: string, measured: readonly Measured[]): AnswerChart[] {
  const chart = (id: string, title: string, of: (cell: MeasuredCell) => Estimate): AnswerChart[] =>
    measured.length === 0
      ? []
      : [
          {
            ...{ id: `sweep-${id}-${endpoint}`, title: `${endpoint}: ${title}`, form: 'curves' },
            description: `${title} by number of connections, a curve per app`,
            x: { title: 'connections', scale: 'log' },
            y: { title, scale: 'log' },
            points: measured.map(({ app, connections, cell }) => ({
              ...{ panel: null, series: app, x: connections },
              ...barOf(of(cell)),
            })),
          },
        ]
  return [
    ...chart('throughput', 'requests/s', ({ requestsPerSecond }) => requestsPerSecond),
    ...chart('cost', 'CPU µs/request', ({ cost }) => cost),
  ]
}

function aboveBound(app: string, own: readonly Measured[], bounds: AsymptoticBounds | null): string[] {
  const above = own.filter(
    ({ connections, cell }) =>
      bounds !== null &&
      cell.requestsPerSecond.value > bounds.at(connections) * BOUND_TOLERANCE &&
      !cell.findings.some(({ code }) => COUNTS_DIFFER.some((one) => one === code)),
  )
  if (above.length === 0) return []
  const levels = above.map(({ connections }) => connections).join(', ')
  return [
    `${named(app)} gives more than its asymptotic bound with ${levels} connections: the bounds take a request to need the same with any number of them, and it needs less there. Its knee is a rough one.`,
  ]
}
