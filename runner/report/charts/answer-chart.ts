import type { AnswerChart, AnswerPoint } from '../../result/answer.ts'
import { plainText } from '../../result/plain-text.ts'
import { logTicks } from './log-ticks.ts'
import type { ChartSpec } from './render-svg.ts'

const LONGEST_NAME = 60
const CURVE_SIZE = { width: 460, height: 220 }
const ROW_WIDTH = 320
const ROW_PIXELS = 24
const MANY_POINTS = 120
/** Room beyond the outermost mark of a logarithmic scale, as a factor. */
const MARGIN = 1.05

/** A chart of an answer: curves over a number, or rows of names; null without a point. Texts from apps are made plain. */
export function answerChart(chart: AnswerChart): ChartSpec | null {
  if (chart.points.length === 0) return null
  const panels = [...new Set(chart.points.map(({ panel }) => panel))]
  const draw = chart.form === 'rows' ? rows : overNumber
  const title = plainText(chart.title, 2 * LONGEST_NAME)
  const description = plainText(chart.description, 4 * LONGEST_NAME)
  if (panels.length === 1) return { description, title, ...draw(chart, chart.points) }
  return {
    ...{ description, title, spacing: 22 },
    vconcat: panels.map((panel) => ({
      title: plainText(panel ?? '', LONGEST_NAME),
      ...draw(
        chart,
        chart.points.filter((point) => point.panel === panel),
      ),
    })),
  }
}

function valuesOf(points: readonly AnswerPoint[]) {
  return points.map(({ series, x, y, low, high }) => ({
    ...{ series: plainText(series, LONGEST_NAME), x: typeof x === 'string' ? plainText(x, LONGEST_NAME) : x },
    ...{ y, low: low ?? y, high: high ?? y },
  }))
}

/** Curves, or marks that nothing joins. */
function overNumber({ form, x: xTitle, y: yTitle, reference = null }: AnswerChart, points: readonly AnswerPoint[]) {
  const values = valuesOf(points)
  const places = values.map(({ x }) => Number(x))
  const x = { field: 'x', ...axisOf(xTitle, places) }
  const y = axisOf(yTitle, endsOf(values, reference))
  const color = colourOf(values)
  const line = { mark: { type: 'line' as const, style: 'curve' }, encoding: { x, y: { field: 'y', ...y }, color } }
  return {
    ...CURVE_SIZE,
    data: { values },
    layer: [
      ...referenceLine('y', reference, y),
      ...(form === 'curves' ? [line] : []),
      {
        mark: { type: 'rule' as const, strokeWidth: 1.5 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point' as const, filled: true, size: pointSize(values) },
        encoding: { x, y: { field: 'y', ...y }, color, shape: color },
      },
    ],
  }
}

function rows({ y: yTitle, reference = null }: AnswerChart, points: readonly AnswerPoint[]) {
  const values = valuesOf(points)
  const names = [...new Set(values.map(({ x }) => String(x)))]
  const series = new Set(values.map(({ series }) => series)).size
  const y = { field: 'x', type: 'nominal' as const, title: null, sort: names, axis: { labelLimit: 280 } }
  const yOffset = series > 1 ? { yOffset: { field: 'series', type: 'nominal' as const } } : {}
  const x = axisOf(yTitle, endsOf(values, reference))
  const color = colourOf(values)
  return {
    width: ROW_WIDTH,
    height: { step: series > 1 ? Math.max(8, ROW_PIXELS / series) : ROW_PIXELS },
    data: { values },
    layer: [
      ...referenceLine('x', reference, x),
      {
        mark: { type: 'rule' as const, strokeWidth: 1.5 },
        encoding: { y, ...yOffset, x: { field: 'low', ...x }, x2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point' as const, filled: true, size: pointSize(values) },
        encoding: { y, ...yOffset, x: { field: 'y', ...x }, color, shape: color },
      },
    ],
  }
}

/** Many points are drawn small, so that they do not hide each other. */
function pointSize(values: readonly unknown[]): number {
  return values.length > MANY_POINTS ? 14 : 40
}

function endsOf(values: readonly { low: number; high: number }[], reference: number | null): number[] {
  return [...values.flatMap(({ low, high }) => [low, high]), ...(reference === null ? [] : [reference])]
}

function referenceLine<Axis extends object>(channel: 'x' | 'y', at: number | null, axis: Axis) {
  if (at === null) return []
  const place = { field: 'at', ...axis }
  return [
    {
      data: { values: [{ at }] },
      mark: { type: 'rule' as const, style: 'reference' },
      encoding: channel === 'x' ? { x: place } : { y: place },
    },
  ]
}

function axisOf({ title, scale }: AnswerChart['x'], values: readonly number[]) {
  const shown = { type: 'quantitative' as const, title: plainText(title, 2 * LONGEST_NAME) }
  const positive = values.filter((value) => value > 0)
  if (scale === 'linear' || positive.length < values.length)
    return { ...shown, scale: { zero: false }, axis: { tickCount: 6, labelSeparation: 6 } }
  const [low, high] = [Math.min(...positive) / MARGIN, Math.max(...positive) * MARGIN]
  return {
    ...shown,
    scale: { type: 'log' as const, domain: [low, high], nice: false },
    axis: { values: logTicks(low, high), format: low < 1 ? '~g' : '~s' },
  }
}

/** One series needs no legend. */
function colourOf(values: readonly { readonly series: string }[]) {
  const domain = [...new Set(values.map(({ series }) => series))]
  const scale = { domain }
  return { field: 'series', type: 'nominal' as const, scale, ...(domain.length > 1 ? {} : { legend: null }) }
}
