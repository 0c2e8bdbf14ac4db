import { groupedRows } from '../../report/charts/grouped-rows.ts'
import type { ChartSpec } from '../../report/charts/render-svg.ts'
import type { Estimate } from '../../statistics/estimate.ts'
import { plain } from './phrases.ts'

const CHART_WIDTH = 560
const GAP = 28

export const STATES = ['not told apart from the default', 'proven different', 'default'] as const

/** One app under one setting. */
export interface SettingMark extends Estimate {
  readonly app: string
  readonly state: (typeof STATES)[number]
}

/** A setting with its marks; `standard` is the app's interval under the default. */
export interface SettingRow {
  readonly label: string
  readonly marks: readonly SettingMark[]
}

export interface FactorRows {
  readonly title: string
  readonly rows: readonly SettingRow[]
}

/** Per app a column, per setting a row; behind each factor a band with the app's interval under the default setting. */
export function invarianceChart(factors: readonly FactorRows[]): ChartSpec {
  const apps = [...new Set(factors.flatMap(({ rows }) => rows.flatMap(({ marks }) => marks.map(({ app }) => app))))]
  const grouped = groupedRows(
    factors.map(({ title, rows }) => ({ title: plain(title), rows: rows.map((row) => ({ ...row, label: plain(row.label) })) })),
  )
  const standards = new Map(
    factors.flatMap(({ rows }) =>
      rows.flatMap(({ marks }) => marks.filter(({ state }) => state === 'default').map((mark) => [mark.app, mark] as const)),
    ),
  )
  const scale = { domain: [...STATES] }
  return {
    description: `Ratios of ${apps.map(plain).join(' and ')} under other settings than the default`,
    spacing: GAP,
    hconcat: apps.map((app, column) => {
      const values = grouped.values.flatMap(({ row, marks }) =>
        marks.filter((mark) => mark.app === app).map(({ value, low, high, state }) => ({ row, value, low, high, state })),
      )
      const standard = standards.get(app)
      const bands =
        standard === undefined
          ? []
          : values.map(({ row }) => ({ row, low: standard.low, high: standard.high, value: standard.value }))
      const y = column === 0 ? grouped.y : grouped.bareY
      const x = {
        type: 'quantitative' as const,
        scale: { zero: false },
        title: `${plain(app)}: times the cost of node:http`,
        axis: { tickCount: 5 },
      }
      const color = { field: 'state', type: 'nominal' as const, scale }
      return {
        width: CHART_WIDTH / apps.length,
        height: grouped.height,
        layer: [
          {
            data: { values: bands },
            mark: { type: 'bar', style: 'band' },
            encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y },
          },
          {
            data: { values },
            mark: { type: 'rule', style: 'interval' },
            encoding: { x: { field: 'low', ...x }, x2: { field: 'high' }, y, color },
          },
          {
            data: { values },
            mark: { type: 'point', style: 'estimate' },
            encoding: { x: { field: 'value', ...x }, y, color, shape: { field: 'state', type: 'nominal', scale } },
          },
        ],
      }
    }),
  }
}
