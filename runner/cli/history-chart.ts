import type { ChartSpec } from '../report/charts/render-svg.ts'
import { plainText } from '../result/plain-text.ts'
import type { HistoryPoint } from './history/ratio-series.ts'

const WIDTH = 640
const HEIGHT = 120
const LONGEST_NAME = 40

/** Every app's ratio over time with intervals, one panel an app; null without a point. */
export function historyChart(points: readonly HistoryPoint[], what: string): ChartSpec | null {
  if (points.length === 0) return null
  const apps = [...new Set(points.map(({ app }) => app))]
  const runs = [...new Set(points.map(({ startedAt }) => startedAt))].sort()
  const label = (startedAt: string) => `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`
  return {
    description: `Ratio of every app to the baseline by run, ${plainText(what, LONGEST_NAME)}`,
    spacing: 18,
    vconcat: apps.map((app) => {
      const values = points
        .filter((point) => point.app === app)
        .map(({ startedAt, ratio: { value, low, high } }) => ({
          ...{
            run: label(startedAt),
            value,
            low: low ?? value,
            high: high ?? value,
          },
        }))
      const x = {
        ...{ field: 'run', type: 'ordinal' as const, title: null, scale: { domain: runs.map(label) } },
        axis: { labelAngle: -30 },
      }
      const y = { type: 'quantitative' as const, title: 'times the cost of the baseline, less is better', scale: { zero: false } }
      return {
        title: plainText(app, LONGEST_NAME),
        width: WIDTH,
        height: HEIGHT,
        data: { values },
        layer: [
          {
            mark: { type: 'rule' as const, style: 'interval' },
            encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' } },
          },
          { mark: { type: 'point' as const, style: 'estimate' }, encoding: { x, y: { field: 'value', ...y } } },
        ],
      }
    }),
  }
}
