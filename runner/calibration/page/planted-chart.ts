import type { ChartSpec } from '../../report/charts/render-svg.ts'
import { zeroLine } from '../../report/charts/zero-line.ts'
import { plain } from './phrases.ts'
import type { Recovery } from './planted-figures.ts'

const HEIGHT = 300

/**
 * Left: recovered against planted on log axes with the diagonal, every run a mark; planted is what was timed in situ where it was. Right:
 * how far off it is, where intervals can be seen. On log axes what is not above zero has no place: such marks and ends of intervals are left to the right side.
 */
export function plantedChart(recoveries: readonly Recovery[]): ChartSpec {
  const values = recoveries.map(({ base, run, truth, nominal, value, low, high, error }) => ({
    ...{ base: `on ${plain(base)}`, run: `${plain(base)} ${run}`, truth, nominal, value, low, high },
    ...{ error: error.value, errorLow: error.low, errorHigh: error.high },
  }))
  const timed = recoveries.some(({ inSitu }) => inSitu !== null)
  const domain = [...new Set(values.map(({ base }) => base))]
  const times = [...new Set(values.map(({ nominal }) => nominal))].sort((a, b) => a - b)
  const floor = times[0]! / 2
  const ceiling = times.at(-1)! * 1.6
  const scale = { type: 'log' as const, domain: [floor, ceiling], nice: false }
  const color = { field: 'base', type: 'nominal', scale: { domain } } as const
  const shape = { field: 'base', type: 'nominal', scale: { domain } } as const
  const axis = { values: times }
  const x = {
    field: 'truth',
    type: 'quantitative' as const,
    scale,
    title: `planted${timed ? ', timed in situ' : ''}, µs per request`,
    axis,
  }
  const y = { type: 'quantitative' as const, scale, title: 'recovered, µs per request', axis }
  const place = { field: 'nominal', type: 'ordinal', title: 'planted, µs per request', axis: { labelAngle: 0 } } as const
  // Runs on one base stand side by side.
  const runs = domain.flatMap((base) => [...new Set(values.filter((value) => value.base === base).map(({ run }) => run))])
  const offset = { field: 'run', type: 'nominal' as const, scale: { domain: runs } }
  return {
    description: 'Recovered against planted microseconds, and the difference of both',
    data: { values },
    spacing: 40,
    hconcat: [
      {
        width: 300,
        height: HEIGHT,
        layer: [
          {
            data: { values: [{ at: floor }, { at: ceiling }] },
            mark: { type: 'line', style: 'reference' },
            encoding: { x: { field: 'at', type: 'quantitative', scale }, y: { field: 'at', ...y } },
          },
          {
            transform: [{ filter: `datum.high > ${floor}` }, { calculate: `max(datum.low, ${floor})`, as: 'low' }],
            mark: { type: 'rule', style: 'interval', clip: true },
            encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color },
          },
          {
            transform: [{ filter: `datum.value > ${floor}` }],
            mark: { type: 'point', style: 'estimate', clip: true },
            encoding: { x, y: { field: 'value', ...y }, color, shape },
          },
        ],
      },
      {
        width: 340,
        height: HEIGHT,
        layer: [
          {
            mark: { type: 'rule', style: 'interval' },
            encoding: {
              ...{ x: place, xOffset: offset, color },
              y: { field: 'errorLow', type: 'quantitative', title: `recovered less ${timed ? 'in situ' : 'planted'}, µs` },
              y2: { field: 'errorHigh' },
            },
          },
          zeroLine('y'),
          {
            mark: { type: 'point', style: 'estimate', size: 30 },
            encoding: { x: place, xOffset: offset, y: { field: 'error', type: 'quantitative' }, color, shape },
          },
        ],
      },
    ],
  }
}
