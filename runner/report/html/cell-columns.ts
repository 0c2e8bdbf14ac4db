import { beyondTypical } from '../../analysis/beyond-typical.ts'
import { formatInterval, formatLevel, formatNumber, formatRank, formatShare, formatValue } from '../../result/format.ts'
import type { Estimate, MeasuredCell } from '../../result/model.ts'
import { isRanked } from '../table-rows.ts'

/** What the reader may choose to see alone. */
export const metrics = {
  overhead: 'µs over the reference',
  ratio: 'ratio',
  cost: 'cost',
  requestsPerSecond: 'requests/s',
  latency: 'latency',
  memory: 'memory',
  busy: 'how busy',
} as const
export type Metric = keyof typeof metrics

/** One figure of a cell as the page shows it; texts are not escaped yet. */
export interface PageFigure {
  readonly main: string
  readonly interval: string
  /** What the column is sorted by; empty: comes last. */
  readonly sort: string
  /** Shown when pointed at; empty: nothing to tell. */
  readonly raw: string
}

export interface CellColumn {
  readonly id: string
  /** HTML of the head: `reference-name` is filled in by the page. */
  readonly head: string
  readonly metric: Metric | null
  readonly figure: (cell: MeasuredCell) => PageFigure
}

const REFERENCE = '<span class="reference-name"></span>'

/** The columns of numbers, in order; name and endpoint stand before them, the verdict behind. */
export const cellColumns: readonly CellColumn[] = [
  { id: 'rank', head: 'rank', metric: null, figure: rank },
  {
    id: 'overhead',
    head: `µs over ${REFERENCE}`,
    metric: 'overhead',
    figure: (cell) => overheadFigure(cell.overheadMicroseconds),
  },
  { id: 'ratio', head: `ratio to ${REFERENCE}`, metric: 'ratio', figure: (cell) => ratioFigure(cell.ratio) },
  { id: 'cost', head: 'CPU µs/request', metric: 'cost', figure: cost },
  { id: 'requests', head: 'requests/s', metric: 'requestsPerSecond', figure: requests },
  { id: 'latency', head: 'latency p50, p99 µs', metric: 'latency', figure: latency },
  { id: 'memory', head: 'memory MiB', metric: 'memory', figure: memory },
  { id: 'busy', head: 'server, load busy %', metric: 'busy', figure: busy },
]

export function overheadFigure(estimate: Estimate): PageFigure {
  return estimateFigure(estimate, 'µs per request')
}

export function ratioFigure(estimate: Estimate): PageFigure {
  return estimateFigure(estimate, 'times the cost of the reference')
}

function estimateFigure(estimate: Estimate, unit: string, more: readonly string[] = []): PageFigure {
  const ends = estimate.low === null ? 'too few rounds for an interval' : `${full(estimate.low)} to ${full(estimate.high)}`
  return {
    main: formatValue(estimate),
    interval: formatInterval(estimate),
    sort: String(estimate.value),
    raw: [`${full(estimate.value)} ${unit}`, `${formatLevel(estimate.level)} interval: ${ends}`, ...more].join('\n'),
  }
}

function rank(cell: MeasuredCell): PageFigure {
  const own = isRanked(cell) ? cell.rank : null
  return plain(formatRank(own), own === null ? '' : String(own.low + own.high), own === null ? 'not ranked' : '')
}

function cost(cell: MeasuredCell): PageFigure {
  const rounds = `${cell.perRound.length} rounds, ${cell.slices} slices, ${formatNumber(cell.requests, 0)} requests`
  const typical = cell.typicalCost === null ? [] : [`most requests: ${full(cell.typicalCost.value)} µs`]
  const figure = estimateFigure(cell.cost, 'CPU µs per request', [
    ...typical,
    rounds,
    `user mode: ${formatShare(cell.userShare)} %`,
  ])
  const parts = (['later', 'rare'] as const).flatMap((part) => {
    const estimate = beyondTypical(cell, part)
    return estimate === null ? [] : [`of it ${part}: ${formatValue(estimate)} µs`]
  })
  return { ...figure, interval: [figure.interval, ...parts].join(', ') }
}

function requests(cell: MeasuredCell): PageFigure {
  const most = `one CPU at most: ${formatNumber(cell.impliedMaximumRequestsPerSecond, 0)}`
  return estimateFigure(cell.requestsPerSecond, 'requests per second', [most])
}

function latency({ latencyMicroseconds }: MeasuredCell): PageFigure {
  if (latencyMicroseconds === null) return plain('–', '', 'not measured')
  const { mean, p50, p90, p99, max, samples } = latencyMicroseconds
  const raw = [
    `p50 ${full(p50)}, p90 ${full(p90)}, p99 ${full(p99)}, most ${full(max)} µs`,
    ...(mean === null ? [] : [`mean ${full(mean)} µs`]),
    `${formatNumber(samples, 0)} samples; closed loop at saturation: connections over throughput`,
  ]
  return plain(`${formatNumber(p50, 0)}, ${formatNumber(p99, 0)}`, String(p50), raw.join('\n'))
}

function memory({ residentBytes }: MeasuredCell): PageFigure {
  if (residentBytes === null) return plain('–', '', 'not measured')
  const raw = `${formatNumber(residentBytes, 0)} bytes resident after the load of a round`
  return plain(formatNumber(residentBytes / 2 ** 20, 0), String(residentBytes), raw)
}

function busy({ serverBusy, loadBusy, headerBytes }: MeasuredCell): PageFigure {
  const header = headerBytes === null ? '' : `${headerBytes} bytes of headers in a response`
  return plain(`${formatShare(serverBusy)}, ${formatShare(loadBusy)}`, String(serverBusy), header)
}

function plain(main: string, sort: string, raw: string): PageFigure {
  return { main, interval: '', sort, raw }
}

function full(value: number | null): string {
  return value === null ? '?' : String(Number(value.toPrecision(6)))
}
