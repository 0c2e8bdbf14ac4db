import { excludes } from '../../analysis/checks/interval.ts'
import { barOf } from '../../analysis/relative.ts'
import { variantId } from '../../measure/plan.ts'
import type { AnswerBody, AnswerChart, AnswerFigure, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { CopyDifference } from './latency-copies.ts'
import {
  type LatencyLoad,
  type LatencyPanel,
  type LatencyRow,
  latencyPanels,
  PERCENTILES,
  type Percentile,
  SAMPLES_FOR_P99,
} from './latency-figures.ts'
import { named } from './phrases.ts'
import { notUsable } from './usable.ts'

/** What was asked of whom. */
export interface LatencyOrder {
  /** The first one is the baseline. */
  readonly apps: readonly string[]
  readonly loads: readonly LatencyLoad[]
  readonly copies: readonly CopyDifference[]
}

const shares: Readonly<Record<Percentile, string>> = { p50: 'half', p90: '90 %', p99: '99 %' }

/** What the study says: percentiles with their intervals, and what they are over the baseline's, by endpoint and load. */
export function answerLatency(result: Result, { apps, loads, copies }: LatencyOrder): AnswerBody {
  const panels = latencyPanels(result, apps, loads)
  const shown = panels.filter(({ rows }) => rows.length > 0)
  const baseline = apps[0]!
  return {
    sentences: shown.flatMap((panel) => sentences(panel, baseline, copies)),
    tables: shown.map((panel) => table(panel, baseline)),
    charts: [...shown.map(rowsChart), ...loadCharts(shown)],
    limits: [...notUsable(panels.flatMap(({ invalid }) => invalid)), ...missingTails(shown), ...LIMITS],
  }
}

const LIMITS = [
  'What an app can is measured in a closed loop in the same process and the same blocks, so a load is one of that process at that time.',
  'Loopback, and a client that never sleeps: a network and a sleeping client add their own time to every app alike.',
]

function sentences(panel: LatencyPanel, baseline: string, copies: readonly CopyDifference[]): string[] {
  const { rows } = panel
  const percentile = tailOf(rows)
  const told = rows.map((row) => `${named(row.app)} within ${formatEstimate(row.latency[percentile]!)} µs`)
  const where = `On ${named(panel.endpoint)} ${loadInWords(panel)}`
  return [
    `${where}, ${shares[percentile]} of the requests are answered by ${listInWords(told)}.`,
    ...compared(panel, baseline, percentile),
    ...twinSentence(panel, baseline, copies),
  ]
}

/** The farthest percentile that every row has. */
function tailOf(rows: readonly LatencyRow[]): Percentile {
  return rows.every(({ latency }) => latency.p99 !== null) ? 'p99' : 'p90'
}

function loadInWords({ load, rows }: LatencyPanel): string {
  if (load.percent !== null) return `at ${load.percent} % of what each app can`
  if (load.given !== null) return `at ${formatNumber(load.given, 0)} requests/s for all`
  const slowest = rows.reduce((most, row) => ((row.load?.value ?? 0) > (most.load?.value ?? 0) ? row : most))
  return `at ${formatEstimate(rows[0]!.rate)} requests/s for all, half of what the slowest (${named(slowest.app)}) can`
}

/** Longer, shorter, or not to be told apart: by the interval of the ratio in the same rounds. */
function compared({ rows }: LatencyPanel, baseline: string, percentile: Percentile): string[] {
  const ratios = rows.flatMap(({ app, ratio }) => (ratio[percentile] === null ? [] : [{ app, ratio: ratio[percentile] }]))
  const known = ratios.filter(({ ratio }) => ratio.low !== null)
  const apart = known.filter(({ ratio }) => excludes(ratio, 1))
  const tied = known.filter(({ ratio }) => !excludes(ratio, 1))
  const times = ({ app, ratio }: (typeof known)[number]) => `${named(app)} ${formatEstimate(ratio)} times`
  return [
    ...(apart.length === 0 ? [] : [`That is for ${listInWords(apart.map(times))} the time of ${named(baseline)}.`]),
    ...(tied.length === 0
      ? []
      : [`${listInWords(tied.map(({ app }) => named(app)))} cannot be told apart from ${named(baseline)}.`]),
  ]
}

/** The copies are of no use where the baseline itself is not quoted. */
function twinSentence({ endpoint, load, rows }: LatencyPanel, baseline: string, copies: readonly CopyDifference[]): string[] {
  const id = variantId({ app: { id: baseline }, key: load.key })
  const twin = copies.find((one) => one.app === id && one.endpoint === endpoint)
  if (twin === undefined || twin.p90.low === null || !rows.some(({ app }) => app === baseline)) return []
  const said = `Of two copies of ${named(baseline)}, the second takes ${formatEstimate(twin.p90)} times as long as the first (90 %)`
  return [
    excludes(twin.p90, 1)
      ? `${said}: they should be equal, so take differences of this size for none.`
      : `${said}: they cannot be told apart, as it should be.`,
  ]
}

function table({ endpoint, load, rows }: LatencyPanel, baseline: string): AnswerTable {
  return {
    id: `latency-${endpoint}-${load.key}`,
    title: `${endpoint}: latency ${load.percent === null ? 'at the same rate' : `at ${load.percent} % load`}`,
    columns: [
      ...textColumns('app'),
      ...numberColumns('requests/s', 'load %'),
      ...PERCENTILES.map((percentile) => ({ head: `${percentile}, µs`, kind: 'number' as const })),
      ...PERCENTILES.map((percentile) => ({ head: `${percentile} over ${named(baseline)}`, kind: 'number' as const })),
      ...numberColumns('mean, µs', 'M/D/1 wait, µs', 'sent late (p99), µs', 'server busy %', 'samples/round'),
      ...textColumns('verdict'),
    ],
    rows: rows.map((row): AnswerFigure[] => [
      ...[named(row.app), row.rate, row.load === null ? null : percentOf(row.load)],
      ...PERCENTILES.map((percentile) => row.latency[percentile]),
      ...PERCENTILES.map((percentile) => row.ratio[percentile]),
      ...[row.mean, row.theoreticalWait === null ? null : Number(row.theoreticalWait.toPrecision(3))],
      row.cell.openLoop === undefined ? null : Number(row.cell.openLoop.sendLagMicroseconds.p99.toPrecision(3)),
      ...[Number((100 * row.cell.serverBusy).toFixed(1)), row.samplesPerRound, row.cell.verdict],
    ]),
    note:
      'From when a request was due to its answer. Load: the rate over what the app can in a closed loop. M/D/1 wait: the mean wait in a queue ' +
      'before a server that takes the same time for every request (Pollaczek and Khinchine), the least there can be at this load. ' +
      'All apps get the same random arrivals.',
  }
}

function percentOf({ value, low, high, level }: Estimate): Estimate {
  const percent = (share: number | null) => (share === null ? null : 100 * share)
  return { value: 100 * value, low: percent(low), high: percent(high), level }
}

function rowsChart({ endpoint, load, rows }: LatencyPanel): AnswerChart {
  const title = `latency ${load.percent === null ? 'at the same rate' : `at ${load.percent} % load`}`
  return {
    ...{ id: `latency-${endpoint}-${load.key}`, title: `${endpoint}: ${title}`, form: 'rows' },
    description: `${endpoint}: ${title}, percentiles with intervals, a row per app`,
    x: { title: 'app', scale: 'linear' },
    y: { title: 'latency, µs, less is better', scale: 'log' },
    points: rows.flatMap(({ app, latency }) =>
      PERCENTILES.flatMap((percentile) => {
        const estimate = latency[percentile]
        if (estimate === null) return []
        return [{ panel: null, series: percentile, x: named(app), ...barOf(estimate) }]
      }),
    ),
  }
}

/** Where an app was asked at several loads of its own: how latency grows with them. */
function loadCharts(panels: readonly LatencyPanel[]): AnswerChart[] {
  const own = panels.filter(({ load }) => load.percent !== null)
  return [...Map.groupBy(own, ({ endpoint }) => endpoint)].flatMap(([endpoint, loads]) => {
    if (loads.length < 2) return []
    return [
      {
        ...{ id: `latency-by-load-${endpoint}`, title: `${endpoint}: p90 by load`, form: 'curves' as const },
        description: `${endpoint}: the 90th percentile of the latency by load, a curve per app`,
        x: { title: 'load, % of what the app can', scale: 'linear' as const },
        y: { title: 'latency p90, µs, less is better', scale: 'log' as const },
        points: loads.flatMap(({ load, rows }) =>
          rows.flatMap(({ app, latency: { p90 } }) =>
            p90 === null ? [] : [{ panel: null, series: named(app), x: load.percent!, ...barOf(p90) }],
          ),
        ),
      },
    ]
  })
}

function missingTails(panels: readonly LatencyPanel[]): string[] {
  const without = panels.flatMap(({ rows }) => rows.filter(({ latency }) => latency.p99 === null)).length
  if (without === 0) return []
  return [
    `${without} of ${panels.flatMap(({ rows }) => rows).length} rows have no p99: it takes ${formatNumber(SAMPLES_FOR_P99, 0)} samples in ` +
      'every round. More time, fewer apps, a longer --slice or more --blocks give them.',
  ]
}
