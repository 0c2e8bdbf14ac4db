import { logTicks } from '../../report/charts/log-ticks.ts'
import type { ChartSpec } from '../../report/charts/render-svg.ts'
import { median } from '../../statistics/summary.ts'
import { plain } from './phrases.ts'
import type { ReadProcedure } from './today-readings.ts'

const WIDTH = 520
const ROW_PIXELS = 56
const BAR_PIXELS = 40
/** Room left and right of the outermost mark, as a share. */
const MARGIN = 1.03

/** A strip per procedure: every mark is the ratio of one repetition, a light bar reaches from the smallest to the largest. */
export function todayChart(procedures: readonly ReadProcedure[], reference: ReadProcedure | null, baseline: string): ChartSpec {
  const values = procedures.flatMap(({ title, reading }) =>
    reading.spreads.flatMap(({ server, ratios }) =>
      ratios.map((ratio, repetition) => ({ procedure: plain(title), server: plain(server), ratio, repetition: `${repetition}` })),
    ),
  )
  const ratios = values.map(({ ratio }) => ratio)
  const [low, high] = [Math.min(...ratios) / MARGIN, Math.max(...ratios) * MARGIN]
  const ranges = procedures.flatMap(({ title, reading }) =>
    reading.spreads.map(({ server, ratios }) => ({
      ...{ procedure: plain(title), server: plain(server) },
      ...{ low: Math.min(...ratios), high: Math.max(...ratios) },
    })),
  )
  const labels = (reference ?? procedures[0])!.reading.spreads.map(({ server, ratios }) => ({
    server: plain(server),
    centre: median(ratios),
  }))
  const domain = procedures.map(({ title }) => plain(title))
  const scale = { type: 'log' as const, domain: [low, high], nice: false }
  const x = { type: 'quantitative' as const, scale, title: `times as dear as ${plain(baseline)}, one mark per repetition` }
  const axis = { values: logTicks(low, high), format: '.3~g' }
  const y = {
    field: 'procedure',
    type: 'ordinal' as const,
    title: null,
    scale: { domain, paddingInner: 0.3, paddingOuter: 0.15 },
  }
  const servers = { domain: [...new Set(values.map(({ server }) => server))].reverse() }
  const color = { field: 'server', type: 'nominal' as const, scale: servers, legend: null }
  return {
    description: 'Ratios of the same servers by several procedures, every repetition a mark',
    width: WIDTH,
    height: ROW_PIXELS * domain.length,
    layer: [
      {
        data: { values: labels },
        mark: { type: 'rule', style: 'reference' },
        encoding: { x: { field: 'centre', ...x, axis } },
      },
      {
        data: { values: ranges },
        // A bar would share the band with the offsets of the marks.
        mark: { type: 'rule', opacity: 0.2, strokeWidth: BAR_PIXELS },
        encoding: { x: { field: 'low', ...x, axis }, x2: { field: 'high' }, y, color },
      },
      {
        data: { values },
        mark: { type: 'point', style: 'estimate', size: 34 },
        encoding: {
          ...{ x: { field: 'ratio', ...x, axis }, y, yOffset: { field: 'repetition', type: 'ordinal' }, color },
          shape: { field: 'server', type: 'nominal', scale: servers, legend: null },
        },
      },
      {
        data: { values: labels },
        mark: { type: 'text', style: 'label', fontWeight: 'bold', baseline: 'bottom' },
        encoding: { x: { field: 'centre', ...x, axis }, y: { value: -5 }, text: { field: 'server' }, color },
      },
    ],
  }
}
