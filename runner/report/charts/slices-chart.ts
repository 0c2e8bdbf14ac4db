import type { SliceDistribution } from '../../analysis/slice-distribution.ts'
import type { Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { APP_ROWS, appAxis, drawnCells, rowNames } from './cell-rows.ts'
import type { ChartSpec } from './render-svg.ts'

const WIDTH = 230

/** How the slices of every app on one endpoint spread: 5 to 95 %, the middle half, the median; null without any. */
export function slicesChart(result: Result, distributions: readonly SliceDistribution[], endpoint: string): ChartSpec | null {
  const names = rowNames(result)
  const values = drawnCells(result, endpoint).flatMap(({ app }) => {
    const known = distributions.find((one) => one.app === app && one.endpoint === endpoint)
    if (known === undefined) return []
    const [p5, p25, p50, p75, p95] = known.costMicroseconds
    return [{ app: names.get(app) ?? app, p5, p25, p50, p75, p95 }]
  })
  if (values.length === 0) return null
  const y = appAxis(values)
  const x = { type: 'quantitative' as const, title: 'CPU µs per request of a slice, less is better', scale: { zero: false } }
  return {
    description: `Spread of slices on ${plainText(endpoint, 40)}: 5 to 95 %, middle half and median of CPU microseconds per request`,
    width: WIDTH,
    height: APP_ROWS,
    data: { values },
    layer: [
      { mark: { type: 'rule', style: 'interval' }, encoding: { y, x: { field: 'p5', ...x }, x2: { field: 'p95' } } },
      { mark: { type: 'bar', style: 'bar-rest', height: 10 }, encoding: { y, x: { field: 'p25', ...x }, x2: { field: 'p75' } } },
      { mark: { type: 'tick', style: 'chosen', height: 14, thickness: 2 }, encoding: { y, x: { field: 'p50', ...x } } },
    ],
  }
}
