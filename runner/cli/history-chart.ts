import { type ChartSpec, drawn, estimates } from '../report/charts/marks.ts'
import { plainText } from '../result/plain-text.ts'
import type { HistoryPoint } from './history/ratio-series.ts'

const LONGEST_NAME = 40

/** Every app's ratio over time with intervals, one panel an app; null without a point. */
export function historyChart(points: readonly HistoryPoint[], what: string): ChartSpec | null {
  if (points.length === 0) return null
  const label = ({ startedAt }: HistoryPoint) => `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`
  const domain = [...new Set(points.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)).map(label))]
  const x = { field: 'run', type: 'ordinal', title: null, scale: { domain }, axis: { labelAngle: -30 } }
  const axis = { title: 'times the cost of the baseline, less is better', scale: { zero: false } }
  return {
    description: `Ratio of every app to the baseline by run, ${plainText(what, LONGEST_NAME)}`,
    spacing: 18,
    vconcat: [...Map.groupBy(points, ({ app }) => app)].map(([app, own]) => ({
      title: plainText(app, LONGEST_NAME),
      width: 640,
      height: 120,
      data: { values: own.map((point) => ({ run: label(point), ...drawn(point.ratio) })) },
      layer: estimates({ values: 'y', axis, place: { x } }),
    })),
  }
}
