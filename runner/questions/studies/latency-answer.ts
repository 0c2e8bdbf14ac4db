import { excludes, rescaled } from '../../analysis/estimates.ts'
import { type AnswerBody, type AnswerChart, type Columns, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import {
  type LatencyLoad,
  type LatencyPanel,
  type LatencyRow,
  latencyPanels,
  PERCENTILES,
  type Percentile,
  SAMPLES_FOR_P99,
} from './latency-figures.ts'
import { named, notUsable, percent, saidOf } from './phrases.ts'

const SHARES: Readonly<Record<Percentile, string>> = { p50: 'half', p90: '90 %', p99: '99 %' }
const LIMITS = [
  'What an app can is measured in a closed loop in the same process and the same blocks, so a load is one of that process at that time.',
  'Loopback, and a client that never sleeps: a network and a sleeping client add their own time to every app alike.',
]

/**
 * What the study says: percentiles with their intervals, and what they are over the baseline's, by endpoint and load.
 * @param apps the first one is the baseline
 */
export function answerLatency(result: Result, apps: readonly string[], loads: readonly LatencyLoad[]): AnswerBody {
  const panels = latencyPanels(result, apps, loads)
  const shown = panels.filter(({ rows }) => rows.length > 0)
  const baseline = apps[0]!
  return joinAnswers({
    sentences: shown.flatMap((panel) => sentences(panel, baseline)),
    tables: shown.map((panel) => table(panel, baseline)),
    charts: [...shown.map(rowsChart), ...loadCharts(shown)],
    limits: [...notUsable(panels.flatMap(({ invalid }) => invalid)), ...missingTails(shown), ...LIMITS],
  })
}

function sentences(panel: LatencyPanel, baseline: string): string[] {
  const { rows } = panel
  // The farthest percentile that every row has.
  const percentile = rows.every(({ latency }) => latency.p99 !== null) ? 'p99' : 'p90'
  const told = rows.map((row) => `${named(row.app)} within ${formatEstimate(row.latency[percentile]!)} µs`)
  const where = `On ${named(panel.endpoint)} ${loadInWords(panel)}`
  return [
    `${where}, ${SHARES[percentile]} of the requests are answered by ${listInWords(told)}.`,
    ...compared(rows, baseline, percentile),
    ...twinSentence(panel, baseline),
  ]
}

function loadInWords({ load, rows }: LatencyPanel): string {
  if (load.percent !== null) return `at ${load.percent} % of what each app can`
  if (load.given !== null) return `at ${formatNumber(load.given, 0)} requests/s for all`
  const slowest = rows.reduce((most, row) => ((row.load?.value ?? 0) > (most.load?.value ?? 0) ? row : most))
  return `at ${formatEstimate(rows[0]!.rate)} requests/s for all, half of what the slowest (${named(slowest.app)}) can`
}

/** Longer, shorter, or not to be told apart: by the interval of the ratio in the same rounds. */
function compared(rows: readonly LatencyRow[], baseline: string, percentile: Percentile): string[] {
  const known = rows.flatMap(({ app, ratio: { [percentile]: ratio } }) => (ratio?.low == null ? [] : [{ app, ratio }]))
  const apart = known.filter(({ ratio }) => excludes(ratio, 1))
  const tied = known.filter(({ ratio }) => !excludes(ratio, 1))
  return [
    ...saidOf(
      apart.map(({ app, ratio }) => `${named(app)} ${formatEstimate(ratio)} times`),
      (times) => `That is for ${times} the time of ${named(baseline)}.`,
    ),
    ...saidOf(
      tied.map(({ app }) => named(app)),
      (names) => `${names} cannot be told apart from ${named(baseline)}.`,
    ),
  ]
}

/** The copies are of no use where the baseline itself is not quoted. */
function twinSentence({ copies, rows }: LatencyPanel, baseline: string): string[] {
  if (copies === null || copies.low === null || !rows.some(({ app }) => app === baseline)) return []
  const said = `Of two copies of ${named(baseline)}, the second takes ${formatEstimate(copies)} times as long as the first (90 %)`
  return [
    excludes(copies, 1)
      ? `${said}: they should be equal, so take differences of this size for none.`
      : `${said}: they cannot be told apart, as it should be.`,
  ]
}

function titleOf({ percent }: LatencyLoad): string {
  return `latency ${percent === null ? 'at the same rate' : `at ${percent} % load`}`
}

function table({ endpoint, load, rows }: LatencyPanel, baseline: string) {
  const each = (head: (percentile: Percentile) => string, of: 'latency' | 'ratio'): Columns<LatencyRow> =>
    Object.fromEntries(PERCENTILES.map((percentile) => [head(percentile), (row: LatencyRow) => row[of][percentile]]))
  const rounded = (value: number | null | undefined) => (value == null ? null : Number(value.toPrecision(3)))
  return tableOf(
    {
      id: `latency-${endpoint}-${load.key}`,
      title: `${endpoint}: ${titleOf(load)}`,
      note:
        'From when a request was due to its answer. Load: the rate over what the app can in a closed loop. M/D/1 wait: the mean wait in a queue ' +
        'before a server that takes the same time for every request (Pollaczek and Khinchine), the least there can be at this load. ' +
        'All apps get the same random arrivals.',
    },
    rows,
    {
      app: ({ app }) => named(app),
      'requests/s': ({ rate }) => rate,
      'load %': (row) => row.load && rescaled(row.load, (share) => 100 * share),
      ...each((percentile) => `${percentile}, µs`, 'latency'),
      ...each((percentile) => `${percentile} over ${named(baseline)}`, 'ratio'),
      'mean, µs': ({ mean }) => mean,
      'M/D/1 wait, µs': ({ theoreticalWait }) => rounded(theoreticalWait),
      'sent late (p99), µs': ({ cell }) => rounded(cell.openLoop?.sendLagMicroseconds.p99),
      'server busy %': ({ cell }) => percent(cell.serverBusy),
      'samples/round': ({ samplesPerRound }) => samplesPerRound,
      verdict: ({ cell }) => cell.verdict,
    },
  )
}

function rowsChart({ endpoint, load, rows }: LatencyPanel) {
  const title = `${endpoint}: ${titleOf(load)}`
  return chartOf(
    {
      id: `latency-${endpoint}-${load.key}`,
      title,
      description: `${title}, percentiles with intervals, a row per app`,
      y: { title: 'latency, µs, less is better', scale: 'log' },
    },
    rows.flatMap(({ app, latency }) => PERCENTILES.flatMap((percentile) => mark(percentile, named(app), latency[percentile]))),
  )
}

/** Where an app was asked at several loads of its own: how latency grows with them. */
function loadCharts(panels: readonly LatencyPanel[]): AnswerChart[] {
  const own = panels.filter(({ load }) => load.percent !== null)
  return [...Map.groupBy(own, ({ endpoint }) => endpoint)].flatMap(([endpoint, loads]) => {
    if (loads.length < 2) return []
    const words = {
      id: `latency-by-load-${endpoint}`,
      title: `${endpoint}: p90 by load`,
      description: `${endpoint}: the 90th percentile of the latency by load, a curve per app`,
      x: { title: 'load, % of what the app can' },
      y: { title: 'latency p90, µs, less is better', scale: 'log' as const },
    }
    return chartOf(
      words,
      loads.flatMap(({ load, rows }) => rows.flatMap(({ app, latency }) => mark(named(app), load.percent!, latency.p90))),
    )
  })
}

function missingTails(panels: readonly LatencyPanel[]): string[] {
  const rows = panels.flatMap((panel) => panel.rows)
  const without = rows.filter(({ latency }) => latency.p99 === null).length
  if (without === 0) return []
  return [
    `${without} of ${rows.length} rows have no p99: it takes ${formatNumber(SAMPLES_FOR_P99, 0)} samples in ` +
      'every round. More time, fewer apps, a longer --slice or more --blocks give them.',
  ]
}
