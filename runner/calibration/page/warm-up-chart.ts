import { groupedRows } from '../../report/charts/grouped-rows.ts'
import { logTicks } from '../../report/charts/log-ticks.ts'
import type { ChartSpec } from '../../report/charts/render-svg.ts'
import { zeroLine } from '../../report/charts/zero-line.ts'
import { formatDuration } from '../../report/format.ts'
import type { Estimate } from '../../statistics/estimate.ts'
import { median } from '../../statistics/summary.ts'
import type { WarmUpPart } from '../data.ts'
import { plain } from './phrases.ts'

const COLUMNS = 3
const PANEL = { width: 190, height: 130 }
const MOST_TIMES = 5
const DRIFT_WIDTH = 540
/** Points in this last part of a curve make its level. */
const LEVEL_FROM = 0.6

/** Per app a panel, per fresh process a line; the dashed level is the median of the end, the upright line the chosen warm-up. */
export function warmUpChart({ curves, chosenMilliseconds }: Pick<WarmUpPart, 'curves' | 'chosenMilliseconds'>): ChartSpec {
  const values = curves.flatMap(({ app, process, points }) =>
    points.map((point) => ({ app: plain(app), process: `${process}`, ...point })),
  )
  const apps = [...new Set(values.map(({ app }) => app))]
  const times = [...values.map(({ milliseconds }) => milliseconds), chosenMilliseconds].filter((time) => time > 0)
  const costs = values.map(({ costMicroseconds }) => costMicroseconds)
  const levels = apps.map((app) => ({ app, level: levelOf(curves.filter((curve) => plain(curve.app) === app)) }))
  const scaleOf = (low: number, high: number) => ({ type: 'log' as const, domain: [low, high], nice: false })
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const [low, high] = [Math.min(...costs) * 0.9, Math.max(...costs) * 1.1]
  const x = {
    ...{ type: 'quantitative' as const, scale: scaleOf(from, to), title: 'seconds under load' },
    axis: { values: logTicks(from, to, MOST_TIMES), labelExpr: "format(datum.value / 1000, '~g')" },
  }
  const y = {
    ...{ type: 'quantitative' as const, scale: scaleOf(low, high), title: 'CPU µs per request' },
    axis: { values: logTicks(low, high), format: '~g' },
  }
  return {
    description: 'Cost per request of fresh processes against time under load, by app',
    columns: COLUMNS,
    spacing: { row: 18, column: 18 },
    concat: apps.map((app, index) => {
      const isFirst = index % COLUMNS === 0
      const isLast = index + COLUMNS >= apps.length
      const here = { ...x, ...(isLast ? {} : { title: null }) }
      const left = { ...y, ...(isFirst ? {} : { title: null }) }
      return {
        ...PANEL,
        title: app,
        layer: [
          {
            data: { values: levels.filter((level) => level.app === app && level.level !== null) },
            mark: { type: 'rule', style: 'reference' },
            encoding: { y: { field: 'level', ...left } },
          },
          {
            data: { values: [{ at: chosenMilliseconds }] },
            mark: { type: 'rule', style: 'chosen' },
            encoding: { x: { field: 'at', ...here } },
          },
          ...(index > 0 ? [] : [chosenLabel(chosenMilliseconds, here)]),
          {
            data: { values: values.filter((value) => value.app === app) },
            mark: { type: 'line', style: 'curve' },
            encoding: {
              x: { field: 'milliseconds', ...here },
              y: { field: 'costMicroseconds', ...left },
              detail: { field: 'process' },
            },
          },
        ],
      }
    }),
  }
}

/** Says what the upright line is, beside it in the first panel. */
function chosenLabel(milliseconds: number, x: object) {
  return {
    data: { values: [{ at: milliseconds, text: `warm-up ${formatDuration(milliseconds / 1000)}` }] },
    mark: { type: 'text' as const, style: 'note', align: 'right' as const, baseline: 'top' as const, dx: -5 },
    encoding: { x: { field: 'at', ...x }, y: { value: 2 }, text: { field: 'text' } },
  }
}

export interface DriftMark extends Estimate {
  readonly app: string
  readonly endpoint: string
}

/** Change of cost over the measured part of a round, with the band of the goal. */
export function driftChart(drifts: readonly DriftMark[], goalPercent: number): ChartSpec {
  const beyond = drifts.filter(({ value }) => Math.abs(value) > goalPercent).length
  const states = [`within the goal of ±${goalPercent} %: ${drifts.length - beyond}`, `beyond it: ${beyond}`] as const
  const reach = Math.max(1.25 * goalPercent, ...drifts.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]))
  const endpoints = [...new Set(drifts.map(({ endpoint }) => endpoint))]
  const grouped = groupedRows(
    endpoints.map((endpoint) => ({
      title: plain(endpoint),
      rows: drifts
        .filter((drift) => drift.endpoint === endpoint)
        .map(({ app, value, low, high }) => ({
          label: plain(app),
          value,
          low,
          high,
          state: states[Math.abs(value) > goalPercent ? 1 : 0],
        })),
    })),
  )
  const x = {
    ...{ type: 'quantitative' as const, scale: { domain: [-reach, reach], nice: false } },
    title: 'change of cost over the measured part of a round, %',
  }
  const scale = { domain: [...states] }
  const color = { field: 'state', type: 'nominal' as const, scale }
  return {
    description: 'Drift of cost that the warm-up leaves, by app and endpoint',
    width: DRIFT_WIDTH,
    height: grouped.height,
    layer: [
      {
        data: { values: [{ low: -goalPercent, high: goalPercent }] },
        mark: { type: 'rect', style: 'band' },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' } },
      },
      zeroLine('x', x),
      {
        data: { values: [...grouped.values] },
        mark: { type: 'rule', style: 'interval' },
        encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y: grouped.y, color },
      },
      {
        data: { values: [...grouped.values] },
        mark: { type: 'point', style: 'estimate' },
        encoding: { x: { field: 'value', ...x }, y: grouped.y, color, shape: { field: 'state', type: 'nominal', scale } },
      },
    ],
  }
}

function levelOf(curves: WarmUpPart['curves']): number | null {
  const ends = curves.flatMap(({ points }) => points.slice(Math.floor(LEVEL_FROM * points.length)))
  return ends.length === 0 ? null : median(ends.map(({ costMicroseconds }) => costMicroseconds))
}
