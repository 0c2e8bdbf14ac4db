import { estimateLogs, type Figure, figuresOf, logRatios, logsOf } from '../../analysis/relative.ts'
import { variantId } from '../../measure/plan.ts'
import type { Estimate, MeasuredCell, Result, RoundValue } from '../../result/model.ts'
import { meanWait } from '../../statistics/queueing.ts'
import { isUsable } from './usable.ts'
import type { Variant } from './variants.ts'

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
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  return endpoints.flatMap((endpoint) => {
    const cellOf = (app: string, key: Variant['key']) => {
      const id = variantId({ app: { id: app }, key })
      const cell = result.cells.find((one) => one.app === id && one.endpoint === endpoint)
      return cell?.state === 'measured' ? cell : null
    }
    return loads.map((load) => {
      const measured = apps.flatMap((app) => ({ app, cell: cellOf(app, load.key), closed: cellOf(app, null) }))
      const known = measured.flatMap(({ cell, ...rest }) => (cell === null ? [] : [{ ...rest, cell }]))
      const valid = known.filter(({ cell }) => isUsable(cell))
      return {
        ...{ endpoint, load },
        rows: rowsOf(valid, apps[0]!),
        invalid: known.flatMap(({ cell }) => (isUsable(cell) ? [] : [cell])),
      }
    })
  })
}

interface Known {
  readonly app: string
  readonly cell: MeasuredCell
  readonly closed: MeasuredCell | null
}

function rowsOf(known: readonly Known[], baseline: string): LatencyRow[] {
  const cells = known.map(({ cell }) => cell)
  const reference = known.find(({ app }) => app === baseline)?.cell ?? null
  const rates = estimateLogs(cells.map((cell) => logs(cell, ({ dueRequestsPerSecond }) => dueRequestsPerSecond)))
  const means = estimateLogs(cells.map((cell) => logs(cell, ({ latencyMicroseconds }) => latencyMicroseconds?.mean)))
  const loads = estimateLogs(known.map(({ cell, closed }) => (closed === null ? [] : loadLogs(cell, closed))))
  const columns = Object.fromEntries(PERCENTILES.map((percentile) => [percentile, columnsOf(cells, reference, percentile)]))
  return known.map(({ app, cell, closed }, index) => {
    const samplesPerRound = Math.min(...cell.perRound.map(({ latencyMicroseconds }) => latencyMicroseconds?.samples ?? 0))
    const quoted = (percentile: Percentile) => percentile !== 'p99' || samplesPerRound >= SAMPLES_FOR_P99
    const pick = (kind: 'latency' | 'ratio') =>
      Object.fromEntries(
        PERCENTILES.map((percentile) => [percentile, quoted(percentile) ? columns[percentile]![kind][index]! : null]),
      ) as Record<Percentile, Estimate | null>
    const load = loads[index]!
    return {
      ...{ app, cell, load, samplesPerRound, rate: rates[index]!, mean: means[index]! },
      latency: pick('latency'),
      ratio: app === baseline ? { p50: null, p90: null, p99: null } : pick('ratio'),
      theoreticalWait: load === null || load.value >= 1 ? null : meanWait(load.value, 1e6 / closed!.requestsPerSecond.value),
    }
  })
}

function columnsOf(cells: readonly MeasuredCell[], reference: MeasuredCell | null, percentile: Percentile) {
  const of = (cell: MeasuredCell) => figuresOf(cell, ({ latencyMicroseconds }) => latencyMicroseconds?.[percentile])
  return {
    latency: estimateLogs(cells.map((cell) => logs(cell, ({ latencyMicroseconds }) => latencyMicroseconds?.[percentile]))),
    ratio: estimateLogs(cells.map((cell) => (reference === null ? [] : logRatios(of(cell), of(reference))))),
  }
}

function logs(cell: MeasuredCell, of: (round: RoundValue) => number | null | undefined): Figure[] {
  return logsOf(figuresOf(cell, of))
}

/** What was due over what the same process could in the same round. */
function loadLogs(cell: MeasuredCell, closed: MeasuredCell): Figure[] {
  return logRatios(
    figuresOf(cell, ({ dueRequestsPerSecond }) => dueRequestsPerSecond),
    figuresOf(closed, ({ requestsPerSecond }) => requestsPerSecond),
  )
}
