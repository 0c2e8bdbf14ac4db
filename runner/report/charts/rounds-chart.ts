import type { Result } from '../../result/model.ts'
import { plainText } from '../../result/plain-text.ts'
import { drawnCells, measuredEndpoints, rowNames } from './cell-rows.ts'
import type { ChartSpec } from './render-svg.ts'
import { zeroLine } from './zero-line.ts'

const WIDTH = 250
const HEIGHT = 120

/** How the cost of one app moved from round to round, in percent of its mean, by endpoint; null with fewer than two rounds. */
export function roundsChart(result: Result, app: string): ChartSpec | null {
  const series = measuredEndpoints(result)
    .map((endpoint) => drawnCells(result, endpoint).find((cell) => cell.app === app))
    .filter((cell) => cell !== undefined && cell.perRound.length > 1)
  const values = series.flatMap((cell) =>
    cell!.perRound.map(({ round, costMicroseconds }) => ({
      ...{ round, endpoint: plainText(cell!.endpoint, 40) },
      percent: 100 * (costMicroseconds / cell!.cost.value - 1),
    })),
  )
  if (values.length === 0) return null
  const color = {
    field: 'endpoint',
    type: 'nominal',
    scale: { domain: [...new Set(values.map(({ endpoint }) => endpoint))] },
  } as const
  const x = {
    field: 'round',
    type: 'quantitative',
    title: 'round',
    axis: { tickMinStep: 1, grid: false },
    scale: { zero: false },
  } as const
  const y = { field: 'percent', type: 'quantitative', title: '% from its mean, nearer to 0 is better' } as const
  return {
    description: `Cost of ${rowNames(result).get(app)} by round and endpoint, in percent of its mean`,
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      zeroLine('y'),
      { mark: { type: 'line', style: 'curve' }, encoding: { x, y, color } },
      { mark: { type: 'point', style: 'estimate', size: 22 }, encoding: { x, y, color, shape: { ...color, legend: null } } },
    ],
  }
}
