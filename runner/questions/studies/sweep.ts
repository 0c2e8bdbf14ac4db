import type { FindingCode } from '../../analysis/checks/judge.ts'
import { usedUp } from '../../analysis/checks/saturation.ts'
import { estimateLogs, figuresOf, sums } from '../../analysis/relative.ts'
import { option } from '../../measure/options.ts'
import { type AnswerBody, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import { MOST_CONNECTIONS } from '../../result/load-shape.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { listOfWholeNumbers } from '../../result/option-values.ts'
import { asymptoticBounds } from '../../statistics/queueing.ts'
import {
  endpointsIn,
  ifUsable,
  isUsable,
  measuredCell,
  named,
  notUsable,
  onEndpoint,
  percent,
  rateAndCostCharts,
  withCells,
} from './phrases.ts'
import { ascending, prepareVariants, type Study, type Variant, variantOf } from './study.ts'

const LEVELS = [1, 2, 4, 8, 16, 32, 64, 128]
/** What a comparison uses by default: the level nearest to it is the one that all others are compared with. */
const USUAL_CONNECTIONS = 16
/** Beyond so many times the knee more connections can only queue. */
const PLATEAU_KNEES = 4
/** A throughput above its bound by more than this is told: the bounds are made from two levels, and the others have costs of their own. */
const BOUND_TOLERANCE = 1.03
/** With one of these it is the measurement that is in doubt; they say so themselves. */
const COUNTS_DIFFER: readonly FindingCode[] = ['counters-disagree', 'littles-law-strained', 'littles-law-broken']

/** How throughput, cost and latency change with the number of connections, and what the limit is. */
export const sweep: Study = {
  id: 'sweep',
  title: 'concurrency',
  question: 'How many connections does it take until an app gives all it can, and what is the limit then?',
  defaults: { endpoints: ['hello'], precision: 2, maxMinutes: 10 },
  quick: { precision: 5, maxMinutes: 4 },
  without: ['connections'],
  ownOptions: [option('--levels <list>', 'numbers of connections', listOfWholeNumbers('--levels', 1, MOST_CONNECTIONS), LEVELS)],
  examples: ['npm run study -- sweep --quick', 'npm run study -- sweep --apps koa --levels 1,4,16,64 --endpoints table'],
  async prepare(options, own, { apps }) {
    const counts = ascending(own.levels, LEVELS)
    const levels = apps.flatMap((app) =>
      counts.map((connections) => ({
        ...variantOf(app, String(connections)),
        connections,
        // A single connection waits for every answer: that the server idles meanwhile is what is asked about.
        deployment: { process: app.id, load: { connections, saturates: false } },
      })),
    )
    const farFromUsual = (connections: number) => Math.abs(connections - USUAL_CONNECTIONS)
    const place = counts.indexOf(counts.toSorted((a, b) => farFromUsual(a) - farFromUsual(b))[0]!)
    return prepareVariants(options, levels, (result) => answerSweep(result, levels), { baseline: levels[place]!.id })
  },
}

/** One level of one app. */
type Level = Pick<Variant, 'app' | 'id'> & { readonly connections: number }
type Measured = Level & { readonly cell: MeasuredCell }

/** What a sweep says: a row per app and level, the plateau and the knee of every app. */
export function answerSweep(result: Result, levels: readonly Level[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const measured = withCells(result, levels, endpoint, measuredCell)
    // Tables have rows for what is invalid, without its numbers; sentences and curves are made without it.
    const valid = measured.filter(({ cell }) => isUsable(cell))
    const curves = [...Map.groupBy(valid, ({ app }) => app)].map(([app, own]) => curveOf(app, own))
    const words = { endpoint, by: 'number of connections, a curve per app', x: { title: 'connections', scale: 'log' as const } }
    return {
      sentences: curves.map((curve) => sentence(curve, `${named(curve.app)}${onEndpoint(result, endpoint)}`)),
      tables: [table(endpoint, measured)],
      charts: rateAndCostCharts({ study: 'sweep', ...words }, valid, ({ app, connections }, figure) =>
        mark(app, connections, figure),
      ),
      limits: curves.flatMap(aboveBound),
    }
  })
  return joinAnswers({ limits: notUsable(result.cells) }, ...parts)
}

type Curve = ReturnType<typeof curveOf>

/**
 * Knee and plateau of one app: bounds from the least loaded level and from the demand at the most loaded one; null: a single level. The
 * plateau is the throughput where more connections change nothing, `from` so many on; null: no level lies there.
 */
function curveOf(app: string, own: readonly Measured[]) {
  const [least, most] = [own[0]!, own.at(-1)!]
  if (least.connections === most.connections) return { app, own, bounds: null, plateau: null, from: null }
  const alone = least.connections / least.cell.requestsPerSecond.value
  const bounds = asymptoticBounds(alone, most.cell.cost.value / 1e6)
  const flat = own.filter(({ connections }) => connections >= PLATEAU_KNEES * bounds.knee)
  return { app, own, bounds, plateau: flat.length === 0 ? null : meanRate(flat), from: flat[0]?.connections ?? null }
}

/** Geometric mean of the rates of the levels, round by round: the levels of a round share its process. */
function meanRate(levels: readonly Measured[]): Estimate {
  const logs = levels.map(({ cell }) => figuresOf(cell, ({ requestsPerSecond }) => Math.log(requestsPerSecond)))
  return estimateLogs([sums(logs).map((figure) => ({ ...figure, value: figure.value / levels.length }))])[0]!
}

function sentence({ own, bounds, plateau, from }: Curve, where: string): string {
  if (bounds === null) return `${where}: one number of connections says nothing of a plateau.`
  const knee = `its knee by asymptotic bounds is at ${formatNumber(bounds.knee, 1)} connections`
  if (plateau === null) return `${where}: ${knee}, and no level lies ${PLATEAU_KNEES} times beyond it.`
  const limit = limitOf(own.at(-1)!)
  return `${where} gives ${formatEstimate(plateau)} requests/s from ${from} connections on, and what limits it is ${limit}; ${knee}.`
}

function limitOf({ cell }: Measured): string {
  return { server: 'the CPU of the server', load: 'the load generator', neither: 'neither CPU' }[usedUp(cell)]
}

function table(endpoint: string, measured: readonly Measured[]) {
  const note =
    "Requests/s times mean latency is the number of requests on their way, by Little's law; latencies leave out the first answer " +
    'of every connection in a slice. Latency in a closed loop only says how many wait.'
  return tableOf({ id: `sweep-${endpoint}`, title: `${endpoint}: by number of connections`, note }, measured, {
    app: ({ app }) => app,
    connections: ({ connections }) => connections,
    'requests/s': ifUsable(({ requestsPerSecond }) => requestsPerSecond),
    'CPU µs/request': ifUsable(({ cost }) => cost),
    'latency p50, µs': ifUsable(({ latencyMicroseconds }) => latencyMicroseconds?.p50),
    'p99, µs': ifUsable(({ latencyMicroseconds }) => latencyMicroseconds?.p99),
    'requests/s × mean latency': ifUsable(inFlight),
    'server busy %': ({ cell }) => percent(cell.serverBusy),
    'load busy %': ({ cell }) => percent(cell.loadBusy),
    limit: limitOf,
    verdict: ({ cell }) => cell.verdict,
  })
}

/** N = X · R: of the steady part, as the latencies are. */
function inFlight({ requestsPerSecond, latencyMicroseconds }: MeasuredCell): number | null {
  const latency = latencyMicroseconds?.mean ?? null
  return latency === null ? null : Number((requestsPerSecond.value * latency * 1e-6).toFixed(2))
}

function aboveBound({ app, own, bounds }: Curve): string[] {
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
