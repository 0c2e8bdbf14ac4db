import { excludes, rescaled } from '../../analysis/estimates.ts'
import { estimateRows, figuresOf, logRatios, logsOf } from '../../analysis/relative.ts'
import { type AnswerBody, type AnswerChart, type Columns, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result, RoundValue } from '../../result/model.ts'
import { listInWords } from '../../result/plain-text.ts'
import { meanWait } from '../../statistics/queueing.ts'
import { endpointsIn, isUsable, measuredCell, named, notUsable, percent, saidOf, withCells } from './phrases.ts'
import type { Variant } from './study.ts'

/** A rate at which all apps are asked. */
export interface LatencyLoad {
  /** Part of the ids of its cells, `koa@80`. */
  readonly key: string
  /** Of what each app can by itself; null: the same rate for all. */
  readonly percent: number | null
  /** Requests per second, where the same rate for all was given. */
  readonly given: number | null
}

/** An app at a load; null: in a closed loop. */
type Loaded = Pick<Variant, 'app' | 'id'> & { readonly load: LatencyLoad | null }

const SHARES = { p50: 'half', p90: '90 %', p99: '99 %' } as const
type Percentile = keyof typeof SHARES
const PERCENTILES = Object.keys(SHARES) as Percentile[]
/** One in a hundred of fewer samples in a round would be too few to place a 99th percentile. */
const SAMPLES_FOR_P99 = 10_000
const LIMITS = [
  'What an app can is measured in a closed loop in the same process and the same blocks, so a load is one of that process at that time.',
  'Loopback, and a client that never sleeps: a network and a sleeping client add their own time to every app alike.',
]

/** What the study says: percentiles with their intervals, and what they are over the baseline's, by endpoint and load. */
export function answerLatency(result: Result, variants: readonly Loaded[], loads: readonly LatencyLoad[]): AnswerBody {
  const panels = panelsOf(result, variants, loads)
  const shown = panels.filter(({ rows }) => rows.length > 0)
  const baseline = variants[0]!.app
  return joinAnswers({
    sentences: shown.flatMap((panel) => sentences(panel, baseline)),
    tables: shown.map((panel) => table(panel, baseline)),
    charts: [...shown.map(rowsChart), ...loadCharts(shown)],
    limits: [...notUsable(panels.flatMap(({ cells }) => cells)), ...missingTails(shown), ...LIMITS],
  })
}

type Panel = ReturnType<typeof panelsOf>[number]

/** A panel for every endpoint and load. `copies`: p90 of the second copy of the baseline over that of the first; null: unknown. */
function panelsOf(result: Result, variants: readonly Loaded[], loads: readonly LatencyLoad[]) {
  const baseline = variants[0]!.app
  const panels = endpointsIn(result).flatMap((endpoint) =>
    loads.map((load) => {
      const own = variants.filter((one) => one.load === load)
      const known = withCells(result, own, endpoint, measuredCell).map((one) => ({
        ...one,
        closed: measuredCell(result, one.app, endpoint),
      }))
      const rows = rowsOf(
        known.filter(({ cell }) => isUsable(cell)),
        baseline,
      )
      return { endpoint, load, rows, cells: known.map(({ cell }) => cell), own: known.find(({ app }) => app === baseline)?.cell }
    }),
  )
  return estimateRows(panels, {
    copies: ({ own = NO_ROUNDS }) => {
      const [first, second] = [0, 1].map((copy) =>
        figuresOf(own, ({ copyLatenciesMicroseconds }) => copyLatenciesMicroseconds?.[copy]?.p90),
      )
      return logRatios(second!, first!)
    },
  })
}

type ByRound = Pick<MeasuredCell, 'perRound'>
const NO_ROUNDS: ByRound = { perRound: [] }
const dueOf = ({ dueRequestsPerSecond }: RoundValue) => dueRequestsPerSecond
const canOf = ({ requestsPerSecond }: RoundValue) => requestsPerSecond
const timesOf = (cell: ByRound, of: Percentile | 'mean') =>
  figuresOf(cell, ({ latencyMicroseconds }) => latencyMicroseconds?.[of])

interface Known {
  readonly app: string
  readonly cell: MeasuredCell
  /** Of the same process, in a closed loop. */
  readonly closed: MeasuredCell | null
}
type Row = ReturnType<typeof rowsOf>[number]

/** What apps answer at one load on one endpoint; of valid cells. Estimates are null where they are unknown. */
function rowsOf(known: readonly Known[], baseline: string) {
  const reference = known.find(({ app }) => app === baseline)?.cell ?? NO_ROUNDS
  const ratioTo = (percentile: Percentile) => (one: Known) =>
    logRatios(timesOf(one.cell, percentile), timesOf(reference, percentile))
  const time =
    (of: Percentile | 'mean') =>
    ({ cell }: Known) =>
      logsOf(timesOf(cell, of))
  const estimated = estimateRows(known, {
    /** Requests per second that were due. */
    rate: ({ cell }) => logsOf(figuresOf(cell, dueOf)),
    /** Of what the app can in the same rounds, from 0 to 1. */
    load: ({ cell, closed }) => logRatios(figuresOf(cell, dueOf), figuresOf(closed ?? NO_ROUNDS, canOf)),
    ...{ mean: time('mean'), p50: time('p50'), p90: time('p90'), p99: time('p99') },
    ...{ ratio50: ratioTo('p50'), ratio90: ratioTo('p90'), ratio99: ratioTo('p99') },
  })
  return estimated.map(({ p50, p90, p99, ratio50, ratio90, ratio99, ...row }) => {
    const samplesPerRound = Math.min(...row.cell.perRound.map(({ latencyMicroseconds }) => latencyMicroseconds?.samples ?? 0))
    const hasTail = samplesPerRound >= SAMPLES_FOR_P99
    const ratio = { p50: ratio50, p90: ratio90, p99: hasTail ? ratio99 : null }
    return {
      ...row,
      samplesPerRound,
      /** Microseconds; null: too few samples for a number of this kind. */
      latency: { p50, p90, p99: hasTail ? p99 : null },
      /** The same over that of the baseline, round by round. */
      ratio: row.app === baseline ? { p50: null, p90: null, p99: null } : ratio,
    }
  })
}

/** Mean wait in a queue before a server that takes the same time for every request, microseconds; null: it is not known what it can. */
function theoreticalWait({ load, closed }: Row): number | null {
  if (load === null || load.value >= 1) return null
  return rounded(meanWait(load.value, 1e6 / closed!.requestsPerSecond.value))
}

function sentences(panel: Panel, baseline: string): string[] {
  const { rows, copies } = panel
  const name = named(baseline)
  // The farthest percentile that every row has.
  const percentile = rows.every(({ latency }) => latency.p99 !== null) ? 'p99' : 'p90'
  const told = rows.map((row) => `${named(row.app)} within ${formatEstimate(row.latency[percentile]!)} µs`)
  const where = `On ${named(panel.endpoint)} ${loadInWords(panel)}`
  // Longer, shorter, or not to be told apart: by the interval of the ratio in the same rounds.
  const known = rows.flatMap(({ app, ratio: { [percentile]: ratio } }) => (ratio?.low == null ? [] : [{ app, ratio }]))
  const apart = known.filter(({ ratio }) => excludes(ratio, 1))
  const longer = apart.map(({ app, ratio }) => `${named(app)} ${formatEstimate(ratio)} times`)
  const tied = known.filter(({ ratio }) => !excludes(ratio, 1))
  // The copies are of no use where the baseline itself is not quoted.
  const hasTwin = copies !== null && copies.low !== null && rows.some(({ app }) => app === baseline)
  return [
    `${where}, ${SHARES[percentile]} of the requests are answered by ${listInWords(told)}.`,
    ...saidOf(longer, (times) => `That is for ${times} the time of ${name}.`),
    ...saidOf(tied, (names) => `${names} cannot be told apart from ${name}.`),
    ...(hasTwin ? [twinSentence(copies, name)] : []),
  ]
}

function loadInWords({ load, rows }: Panel): string {
  if (load.percent !== null) return `at ${load.percent} % of what each app can`
  if (load.given !== null) return `at ${formatNumber(load.given, 0)} requests/s for all`
  const slowest = rows.reduce((most, row) => ((row.load?.value ?? 0) > (most.load?.value ?? 0) ? row : most))
  return `at ${formatEstimate(rows[0]!.rate!)} requests/s for all, half of what the slowest (${named(slowest.app)}) can`
}

function twinSentence(copies: Estimate, name: string): string {
  const said = `Of two copies of ${name}, the second takes ${formatEstimate(copies)} times as long as the first (90 %)`
  return excludes(copies, 1)
    ? `${said}: they should be equal, so take differences of this size for none.`
    : `${said}: they cannot be told apart, as it should be.`
}

function wordsOf({ endpoint, load: { key, percent } }: Panel) {
  const load = percent === null ? 'at the same rate' : `at ${percent} % load`
  return { id: `latency-${endpoint}-${key}`, title: `${endpoint}: latency ${load}` }
}

function table(panel: Panel, baseline: string) {
  const each = (head: (percentile: Percentile) => string, of: 'latency' | 'ratio'): Columns<Row> =>
    Object.fromEntries(PERCENTILES.map((percentile) => [head(percentile), (row: Row) => row[of][percentile]]))
  const note =
    'From when a request was due to its answer. Load: the rate over what the app can in a closed loop. M/D/1 wait: the mean wait in a queue ' +
    'before a server that takes the same time for every request (Pollaczek and Khinchine), the least there can be at this load. ' +
    'All apps get the same random arrivals.'
  return tableOf({ ...wordsOf(panel), note }, panel.rows, {
    app: ({ app }) => named(app),
    'requests/s': ({ rate }) => rate,
    'load %': ({ load }) => load && rescaled(load, (share) => 100 * share),
    ...each((percentile) => `${percentile}, µs`, 'latency'),
    ...each((percentile) => `${percentile} over ${named(baseline)}`, 'ratio'),
    'mean, µs': ({ mean }) => mean,
    'M/D/1 wait, µs': theoreticalWait,
    'sent late (p99), µs': ({ cell }) => rounded(cell.openLoop?.sendLagMicroseconds.p99),
    'server busy %': ({ cell }) => percent(cell.serverBusy),
    'samples/round': ({ samplesPerRound }) => samplesPerRound,
    verdict: ({ cell }) => cell.verdict,
  })
}

function rounded(value: number | null | undefined): number | null {
  return value == null ? null : Number(value.toPrecision(3))
}

function rowsChart(panel: Panel) {
  const { id, title } = wordsOf(panel)
  const description = `${title}, percentiles with intervals, a row per app`
  return chartOf(
    { id, title, description, y: { title: 'latency, µs, less is better', scale: 'log' } },
    panel.rows.flatMap(({ app, latency }) =>
      PERCENTILES.flatMap((percentile) => mark(percentile, named(app), latency[percentile])),
    ),
  )
}

/** Where an app was asked at several loads of its own: how latency grows with them. */
function loadCharts(panels: readonly Panel[]): AnswerChart[] {
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

function missingTails(panels: readonly Panel[]): string[] {
  const rows = panels.flatMap((panel) => panel.rows)
  const without = rows.filter(({ latency }) => latency.p99 === null).length
  if (without === 0) return []
  return [
    `${without} of ${rows.length} rows have no p99: it takes ${formatNumber(SAMPLES_FOR_P99, 0)} samples in ` +
      'every round. More time, fewer apps, a longer --slice or more --blocks give them.',
  ]
}
