import { estimateRows, figuresOf, logRatios, logsOf } from '../../analysis/relative.ts'
import { variantId } from '../../result/ids.ts'
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
  /** p90 of the second copy of the baseline over that of the first, an A/A comparison; null: unknown. */
  readonly copies: Estimate | null
}

/** A panel for every endpoint and load. @param apps the first one is the baseline */
export function latencyPanels(result: Result, apps: readonly string[], loads: readonly LatencyLoad[]): LatencyPanel[] {
  const baseline = apps[0]!
  const panels = endpointsIn(result).flatMap((endpoint) =>
    loads.map((load) => {
      const known = apps.flatMap((app): Known[] => {
        const cell = measuredCell(result, variantId(app, load.key), endpoint)
        return cell === null ? [] : [{ app, cell, closed: measuredCell(result, app, endpoint) }]
      })
      const [valid, invalid] = [true, false].map((wanted) => known.filter(({ cell }) => isUsable(cell) === wanted))
      return { endpoint, load, known, rows: rowsOf(valid!, baseline), invalid: invalid!.map(({ cell }) => cell) }
    }),
  )
  return estimateRows(panels, {
    copies: ({ known }) => {
      const own = known.find(({ app }) => app === baseline)?.cell
      const [first, second] = [0, 1].map((copy) =>
        own === undefined ? [] : figuresOf(own, ({ copyLatenciesMicroseconds }) => copyLatenciesMicroseconds?.[copy]?.p90),
      )
      return logRatios(second!, first!)
    },
  })
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
  const ratioTo = (percentile: Percentile) => (one: Known) =>
    reference === undefined ? [] : logRatios(timesOf(one.cell, percentile), timesOf(reference, percentile))
  const estimated = estimateRows(known, {
    rate: ({ cell }) => logsOf(figuresOf(cell, dueOf)),
    mean: ({ cell }) => logsOf(timesOf(cell, 'mean')),
    // What was due over what the same process could in the same round.
    load: ({ cell, closed }) =>
      closed === null
        ? []
        : logRatios(
            figuresOf(cell, dueOf),
            figuresOf(closed, ({ requestsPerSecond }) => requestsPerSecond),
          ),
    p50: ({ cell }) => logsOf(timesOf(cell, 'p50')),
    p90: ({ cell }) => logsOf(timesOf(cell, 'p90')),
    p99: ({ cell }) => logsOf(timesOf(cell, 'p99')),
    ratio50: ratioTo('p50'),
    ratio90: ratioTo('p90'),
    ratio99: ratioTo('p99'),
  })
  return estimated.map(({ app, cell, closed, rate, mean, load, p50, p90, p99, ratio50, ratio90, ratio99 }) => {
    const samplesPerRound = Math.min(...cell.perRound.map(({ latencyMicroseconds }) => latencyMicroseconds?.samples ?? 0))
    const hasTail = samplesPerRound >= SAMPLES_FOR_P99
    return {
      app,
      cell,
      load,
      samplesPerRound,
      rate: rate!,
      mean,
      latency: { p50, p90, p99: hasTail ? p99 : null },
      ratio:
        app === baseline ? { p50: null, p90: null, p99: null } : { p50: ratio50, p90: ratio90, p99: hasTail ? ratio99 : null },
      theoreticalWait: load === null || load.value >= 1 ? null : meanWait(load.value, 1e6 / closed!.requestsPerSecond.value),
    }
  })
}
