import type { ChartSpec } from '../../report/charts/render-svg.ts'
import { zeroLine } from '../../report/charts/zero-line.ts'
import type { Comparison } from './identical-figures.ts'

const WIDTH = 700
const HEIGHT = 230

/** All intervals side by side, sorted by their ratio: those that exclude 1 have another colour and another form. */
export function identicalChart(comparisons: readonly Comparison[]): ChartSpec {
  const included = comparisons.filter(({ excludes }) => !excludes).length
  const states = [`includes 1: ${included}`, `excludes 1: ${comparisons.length - included}`] as const
  const percent = (ratio: number) => 100 * (ratio - 1)
  const values = [...comparisons]
    .sort((a, b) => a.value - b.value)
    .map(({ value, low, high, excludes }, place) => ({
      ...{ place, value: percent(value), low: percent(low), high: percent(high) },
      state: states[excludes ? 1 : 0],
    }))
  const x = { field: 'place', type: 'ordinal', axis: null } as const
  const color = { field: 'state', type: 'nominal', scale: { domain: [...states] } } as const
  return {
    description: `${comparisons.length} intervals of the ratio of identical servers, sorted`,
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      zeroLine('y'),
      {
        mark: { type: 'rule', style: 'interval' },
        encoding: { x, y: { field: 'low', type: 'quantitative', title: '% away from 1' }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', style: 'estimate', size: 26 },
        encoding: {
          x,
          y: { field: 'value', type: 'quantitative' },
          color,
          shape: { field: 'state', type: 'nominal', scale: { domain: [...states] } },
        },
      },
    ],
  }
}
