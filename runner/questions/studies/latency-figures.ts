import { estimateLogs, type Figure, figuresOf, logRatios, logsOf } from '../../analysis/relative.ts'
import { variantId } from '../../measure/plan.ts'
import type { Estimate, MeasuredCell, Result, RoundValue } from '../../result/model.ts'
import { meanWait } from '../../statistics/queueing.ts'
import { endpointsIn, isUsable, measuredCell } from './phrases.ts'

/** A rate at which all apps are asked. */
export interface LatencyLoad {
  /** Part of the ids of its cells, `koa@80`. */
  readonly key: string
  /** Of what each app can by itself; null: the same rate for all. */
  readonly percent: number | null
  /** Requests per second, where the same rate for all was given. */
  readonly given: number | null
}

export const PERCENTILES = ['p50', 'p90', 'p99'] as const
export type Percentile = (typeof PERCENTILES)[number]

/** One in a hundred of fewer samples in a round would be too few to place a 99th percentile. */
export const SAMPLES_FOR_P99 = 10_000

/** What one app answers at one load on one endpoint; valid cells only. */
export interface LatencyRow {
  readonly app: string
  readonly cell: MeasuredCell
  /** Requests per second that were due. */
  readonly rate: Estimate
  /** Of what the app can in a closed loop of the same rounds, from 0 to 1; null: unknown. */
  readonly load: Estimate | null
  /** Microseconds; null: too few samples for a number of this kind. */
  readonly latency: Readonly<Record<Percentile, Estimate | null>>
  /** The same over that of the baseline, round by round; null also for the baseline itself. */
  readonly ratio: Readonly<Record<Percentile, Estimate | null>>
  readonly mean: Estimate | null
  /** Mean wait in a queue before a server that takes the same time for every request, microseconds; null: it is not known what it can. */
  readonly theoreticalWait: number | null
  /** Of the round that has the fewest. */
  readonly samplesPerRound: number
}

/** All apps at one load on one endpoint. */
export interface LatencyPanel {
  readonly endpoint: string
  readonly load: LatencyLoad
  readonly rows: readonly LatencyRow[]
  /** Cells whose numbers are not quoted. */
  readonly invalid: readonly MeasuredCell[]
}

/** A panel for every endpoint and load. @param apps the first one is the baseline */
export function latencyPanels(result: Result, apps: readonly string[], loads: readonly LatencyLoad[]): LatencyPanel[] {
  return endpointsIn(result).flatMap((endpoint) =>
    loads.map((load) => {
      const known = apps.flatMap((app): Known[] => {
        const cell = measuredCell(result, variantId({ app: { id: app }, key: load.key }), endpoint)
        return cell === null ? [] : [{ app, cell, closed: measuredCell(result, app, endpoint) }]
      })
      const [valid, invalid] = [true, false].map((wanted) => known.filter(({ cell }) => isUsable(cell) === wanted))
      return { endpoint, load, rows: rowsOf(valid!, apps[0]!), invalid: invalid!.map(({ cell }) => cell) }
    }),
  )
}

interface Known {
  readonly app: string
  readonly cell: MeasuredCell
  readonly closed: MeasuredCell | null
}

const dueOf = ({ dueRequestsPerSecond }: RoundValue) => dueRequestsPerSecond
const timesOf = (cell: MeasuredCell, of: Percentile | 'mean') =>
  figuresOf(cell, ({ latencyMicroseconds }) => latencyMicroseconds?.[of])

function rowsOf(known: readonly Known[], baseline: string): LatencyRow[] {
  const reference = known.find(({ app }) => app === baseline)?.cell
  const column = (of: (one: Known) => readonly Figure[]) => estimateLogs(known.map(of))
  const rates = column(({ cell }) => logsOf(figuresOf(cell, dueOf)))
  const means = column(({ cell }) => logsOf(timesOf(cell, 'mean')))
  // What was due over what the same process could in the same round.
  const loads = column(({ cell, closed }) =>
    closed === null
      ? []
      : logRatios(
          figuresOf(cell, dueOf),
          figuresOf(closed, ({ requestsPerSecond }) => requestsPerSecond),
        ),
  )
  const latencies = PERCENTILES.map((percentile) => column(({ cell }) => logsOf(timesOf(cell, percentile))))
  const ratios = PERCENTILES.map((percentile) =>
    column(({ cell }) => (reference === undefined ? [] : logRatios(timesOf(cell, percentile), timesOf(reference, percentile)))),
  )
  return known.map(({ app, cell, closed }, index) => {
    const samplesPerRound = Math.min(...cell.perRound.map(({ latencyMicroseconds }) => latencyMicroseconds?.samples ?? 0))
    const quoted = (percentile: Percentile) => percentile !== 'p99' || samplesPerRound >= SAMPLES_FOR_P99
    const pick = (columns: typeof latencies) => {
      const own = PERCENTILES.map((percentile, place) => [percentile, quoted(percentile) ? columns[place]![index]! : null])
      return Object.fromEntries(own) as LatencyRow['latency']
    }
    const load = loads[index]!
    return {
      app,
      cell,
      load,
      samplesPerRound,
      rate: rates[index]!,
      mean: means[index]!,
      latency: pick(latencies),
      ratio: app === baseline ? { p50: null, p90: null, p99: null } : pick(ratios),
      theoreticalWait: load === null || load.value >= 1 ? null : meanWait(load.value, 1e6 / closed!.requestsPerSecond.value),
    }
  })
}
