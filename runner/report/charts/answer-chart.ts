import type { AnswerChart, AnswerPoint } from '../../result/answer.ts'
import { plainText } from '../../result/plain-text.ts'
import { logTicks } from './log-ticks.ts'
import { type ChartSpec, drawn, marks, referenceLine, spans } from './marks.ts'

const LONGEST_NAME = 60
const CURVE_SIZE = { width: 460, height: 220 }
const ROW_WIDTH = 320
const ROW_PIXELS = 24
const LEAST_ROW_PIXELS = 8
const MANY_POINTS = 120
/** Room beyond the outermost mark of a logarithmic scale, as a factor. */
const MARGIN = 1.05

/** A chart of an answer: curves over a number, or rows of names; null without a point. Texts from apps are made plain. */
export function answerChart(chart: AnswerChart): ChartSpec | null {
  if (chart.points.length === 0) return null
  const panels = [...Map.groupBy(chart.points, ({ panel }) => panel)]
  const title = plainText(chart.title, 2 * LONGEST_NAME)
  const description = plainText(chart.description, 4 * LONGEST_NAME)
  if (panels.length === 1) return { description, title, ...panelOf(chart, chart.points) }
  const vconcat = panels.map(([panel, points]) => ({ title: plainText(panel ?? '', LONGEST_NAME), ...panelOf(chart, points) }))
  return { description, title, spacing: 22, vconcat }
}

function panelOf({ form, x, y, reference = null }: AnswerChart, points: readonly AnswerPoint[]) {
  const values = points.map((point) => ({
    series: plainText(point.series, LONGEST_NAME),
    place: typeof point.x === 'string' ? plainText(point.x, LONGEST_NAME) : point.x,
    ...drawn({ value: point.y, low: point.low, high: point.high }),
  }))
  const ends = [...values.flatMap(({ low, high }) => [low, high]), ...(reference === null ? [] : [reference])]
  const series = [...new Set(values.map((value) => value.series))]
  // One series needs no legend.
  const color = { field: 'series', type: 'nominal', scale: { domain: series }, ...(series.length > 1 ? {} : { legend: null }) }
  const offset: Record<string, object> = series.length > 1 ? { yOffset: { field: 'series', type: 'nominal' } } : {}
  const names = [...new Set(values.map(({ place }) => String(place)))]
  const rows = { field: 'place', type: 'nominal', title: null, sort: names, axis: { labelLimit: 280 } }
  const isRows = form === 'rows'
  const place: Record<string, object> = isRows
    ? { y: rows, ...offset }
    : {
        x: {
          field: 'place',
          type: 'quantitative',
          ...axisOf(
            x,
            values.map((value) => Number(value.place)),
          ),
        },
      }
  const frame = { values: isRows ? 'x' : 'y', axis: axisOf(y, ends), place: { ...place, color } } as const
  const step = series.length > 1 ? Math.max(LEAST_ROW_PIXELS, ROW_PIXELS / series.length) : ROW_PIXELS
  return {
    ...(isRows ? { width: ROW_WIDTH, height: { step } } : CURVE_SIZE),
    data: { values },
    layer: [
      ...(reference === null ? [] : [referenceLine(frame, reference)]),
      ...(form === 'curves' ? [marks(frame, { type: 'line', style: 'curve' })] : []),
      spans(frame, { type: 'rule', strokeWidth: 1.5 }),
      // Many points are drawn small, so that they do not hide each other.
      marks(frame, { type: 'point', filled: true, size: values.length > MANY_POINTS ? 14 : 40 }, 'value', { shape: color }),
    ],
  }
}

function axisOf({ title, scale }: AnswerChart['x'], values: readonly number[]) {
  const shown = { title: plainText(title, 2 * LONGEST_NAME) }
  const positive = values.filter((value) => value > 0)
  if (scale === 'linear' || positive.length < values.length)
    return { ...shown, scale: { zero: false }, axis: { tickCount: 6, labelSeparation: 6 } }
  const [low, high] = [Math.min(...positive) / MARGIN, Math.max(...positive) * MARGIN]
  return {
    ...shown,
    scale: { type: 'log', domain: [low, high], nice: false },
    axis: { values: logTicks(low, high), format: low < 1 ? '~g' : '~s' },
  }
}
