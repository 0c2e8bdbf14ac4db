import { groupedRows } from '../../report/charts/grouped-rows.ts'
import { logTicks } from '../../report/charts/log-ticks.ts'
import type { ChartSpec } from '../../report/charts/render-svg.ts'
import type { CostPart } from '../data.ts'
import { fittedSeconds, type ShapeTime, type TimeFit } from './cost-figures.ts'
import { count, plain } from './phrases.ts'

const WIDTH = 540
const SIDES = ['server', 'load generator'] as const
const MARGIN = 1.15
/** Bars are higher than marks. */
const BAR_STRETCH = 1.6

/** CPU per request of both sides, by endpoint and app, on a log axis. */
export function perRequestChart(perRequest: CostPart['perRequest']): ChartSpec {
  const endpoints = [...new Set(perRequest.map(({ endpoint }) => endpoint))]
  const grouped = groupedRows(
    endpoints.map((endpoint) => ({
      title: plain(endpoint),
      rows: perRequest.filter((one) => one.endpoint === endpoint).map((one) => ({ ...one, label: plain(one.app) })),
    })),
  )
  const marks = grouped.values.flatMap(({ row, serverMicroseconds, loadMicroseconds }) => [
    { row, side: SIDES[0], microseconds: serverMicroseconds },
    ...(loadMicroseconds === null ? [] : [{ row, side: SIDES[1], microseconds: loadMicroseconds }]),
  ])
  const all = marks.map(({ microseconds }) => microseconds)
  const [low, high] = [Math.min(...all) / MARGIN, Math.max(...all) * MARGIN]
  const x = {
    ...{ type: 'quantitative' as const, scale: { type: 'log' as const, domain: [low, high], nice: false } },
    ...{ title: 'CPU µs per request', axis: { values: logTicks(low, high), format: '~g' } },
  }
  const scale = { domain: [...SIDES] }
  return {
    description: 'CPU microseconds per request of the server and of the load generator',
    width: WIDTH,
    height: grouped.height,
    layer: [
      {
        data: { values: grouped.values.filter(({ loadMicroseconds }) => loadMicroseconds !== null) },
        mark: { type: 'rule', style: 'reference', strokeDash: [] },
        encoding: { x: { field: 'serverMicroseconds', ...x }, x2: { field: 'loadMicroseconds' }, y: grouped.y },
      },
      {
        data: { values: marks },
        mark: { type: 'point', style: 'estimate' },
        encoding: {
          ...{ x: { field: 'microseconds', ...x }, y: grouped.y },
          ...{ color: { field: 'side', type: 'nominal', scale }, shape: { field: 'side', type: 'nominal', scale } },
        },
      },
    ],
  }
}

/** Seconds of a round, measuring and not measuring, with the fitted length as a mark. */
export function roundTimeChart(shapes: readonly ShapeTime[], fit: TimeFit | null): ChartSpec {
  const parts = ['measuring', 'starting, warming up, waiting'] as const
  const rows = shapes.map((shape) => ({
    ...shape,
    label: inWords(shape),
    fitted: fit === null ? null : fittedSeconds(fit, shape),
  }))
  const grouped = groupedRows([{ title: null, rows }])
  const y = { ...grouped.y, scale: { ...grouped.y.scale, paddingInner: 0.35, paddingOuter: 0.2 } }
  const stacked = grouped.values.flatMap(({ row, seconds, measuredSeconds }) => [
    { row, part: parts[0], from: 0, to: measuredSeconds },
    { row, part: parts[1], from: measuredSeconds, to: seconds },
  ])
  const fitted = grouped.values.flatMap(({ row, fitted }) => (fitted === null ? [] : [{ row, fitted }]))
  const title = fit === null ? 'seconds per round' : 'seconds per round; upright line: the fit'
  const x = { type: 'quantitative' as const, title }
  return {
    description: 'Seconds per round by number of apps and endpoints',
    width: WIDTH,
    height: BAR_STRETCH * grouped.height,
    layer: [
      {
        data: { values: stacked },
        mark: { type: 'bar' },
        encoding: {
          ...{ x: { field: 'from', ...x }, x2: { field: 'to' }, y },
          color: { field: 'part', type: 'nominal', scale: { domain: [...parts] } },
        },
      },
      ...(fit === null
        ? []
        : [
            {
              data: { values: fitted },
              mark: { type: 'tick' as const, style: 'label', thickness: 2 },
              encoding: { x: { field: 'fitted', ...x }, y },
            },
          ]),
    ],
  }
}

function inWords({ apps, endpoints }: ShapeTime): string {
  return `${count(apps, 'app')} × ${count(endpoints, 'endpoint')}`
}
