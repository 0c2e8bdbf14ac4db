import type { AnswerChart, AnswerPoint } from '../../result/answer.ts'
import { plainText } from '../../result/plain-text.ts'
import { type ChartSpec, drawn, marks, referenceLine, spans } from './marks.ts'

const LONGEST_NAME = 60
const CURVE_SIZE = { width: 460, height: 220 }
const ROW_WIDTH = 320
const ROW_PIXELS = 24
const LEAST_ROW_PIXELS = 8
const MANY_POINTS = 120
/** More of them do not fit beside each other in the legend. */
const MANY_SERIES = 5
const LEGEND_COLUMNS = 2
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
  const isAlone = series.length === 1
  const legend = series.length > MANY_SERIES ? { legend: { columns: LEGEND_COLUMNS } } : {}
  const color = { field: 'series', type: 'nominal', scale: { domain: series }, ...(isAlone ? { legend: null } : legend) }
  const sort = [...new Set(values.map(({ place }) => String(place)))]
  const isRows = form === 'rows'
  const place: Record<string, object> = isRows
    ? {
        y: { field: 'place', type: 'nominal', title: null, sort, axis: { labelLimit: 280 } },
        ...(isAlone ? {} : { yOffset: { field: 'series', type: 'nominal' } }),
      }
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
  const step = isAlone ? ROW_PIXELS : Math.max(LEAST_ROW_PIXELS, ROW_PIXELS / series.length)
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

/** Round numbers of one decade, from fine to coarse. */
const DECADES: readonly (readonly number[])[] = [
  [1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 9.5],
  [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9],
  [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1, 3],
  [1],
]

/**
 * Values of the ticks of a log axis, not more than `most` unless there are more powers of ten: vega's own choice leaves an axis of
 * less than a decade with one label or with twenty.
 */
export function logTicks(low: number, high: number, most = 10): number[] {
  const first = Math.floor(Math.log10(low))
  const exponents = Array.from({ length: Math.floor(Math.log10(high)) - first + 1 }, (_, index) => first + index)
  // A power and a product of floating-point numbers; the decimal text is the exact one.
  const choices = DECADES.map((steps) =>
    exponents
      .flatMap((exponent) => steps.map((step) => Number(`${step}e${exponent}`)))
      .filter((tick) => low <= tick && tick <= high),
  )
  return choices.find((ticks) => ticks.length <= most) ?? choices.at(-1)!
}
