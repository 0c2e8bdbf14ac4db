import type { Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { requestShares } from '../request-shares.ts'
import { rowNames } from './cell-charts.ts'
import type { ChartSpec } from './marks.ts'

const STEP_PIXELS = 20
/** A number and a sign come before every label, so that two rows may be called the same. */
const PREFIX_DIGITS = 3
const PREFIX_LENGTH = PREFIX_DIGITS + 1
const FRAMEWORK = 'framework'
/** Where the endpoint without work was not measured, nobody knows where HTTP ends. */
const BOTH = 'HTTP and the work behind the endpoint'
const PARTS = [FRAMEWORK, 'work behind the endpoint', 'HTTP']

/** Where a request's CPU time goes, by endpoint and app, in percent; null without anything to draw. */
export function shareChart(result: Result): ChartSpec | null {
  const names = rowNames(result)
  const shares = requestShares(result)
  if (shares.length === 0) return null
  const { values, y, height } = groupedRows(
    [...Map.groupBy(shares, ({ endpoint }) => endpoint)].map(([endpoint, own]) => ({
      title: plainText(endpoint, 40),
      rows: own
        .sort((a, b) => a.framework - b.framework)
        .map((share) => ({ ...share, label: names.get(share.app) ?? share.app })),
    })),
  )
  const parts = shares.some(({ workload }) => workload === null) ? [FRAMEWORK, BOTH] : PARTS
  const bars = values.flatMap(({ row, framework, workload, http }) =>
    [framework, ...(workload === null ? [] : [workload]), http].map((share, order) => {
      return { row, order, part: parts[order]!, percent: 100 * share }
    }),
  )
  return {
    description: `Share of a request by endpoint and app: ${listInWords(parts)}`,
    width: 330,
    height,
    data: { values: bars },
    mark: { type: 'bar', height: 13 },
    encoding: {
      y,
      x: {
        field: 'percent',
        type: 'quantitative',
        stack: 'zero',
        title: '% of the CPU time of a request; less framework is better',
        scale: { domain: [0, 100] },
      },
      color: { field: 'part', type: 'nominal', scale: { domain: parts }, legend: { columns: 1 } },
      order: { field: 'order', type: 'quantitative' },
    },
  }
}

/** Rows with bold headings on one axis, from the top; `row` is what `y` shows. */
export function groupedRows<Row extends { readonly label: string }>(
  groups: readonly { readonly title: string; readonly rows: readonly Row[] }[],
) {
  const domain: string[] = []
  const keyFor = (sign: '#' | '.', label: string) => {
    const key = `${String(domain.length).padStart(PREFIX_DIGITS, '0')}${sign}${label}`
    domain.push(key)
    return key
  }
  const values = groups.flatMap(({ title, rows }) => {
    keyFor('#', title)
    return rows.map((row) => ({ ...row, row: keyFor('.', row.label) }))
  })
  const isHeading = `slice(datum.value, ${PREFIX_DIGITS}, ${PREFIX_LENGTH}) === '#'`
  const axis = {
    labelExpr: `slice(datum.value, ${PREFIX_LENGTH})`,
    labelFontWeight: { condition: { test: isHeading, value: 'bold' as const }, value: 'normal' as const },
    labelLimit: 150,
  }
  const scale = { domain, paddingInner: 0, paddingOuter: 0 }
  return { values, y: { field: 'row', type: 'ordinal' as const, title: null, scale, axis }, height: STEP_PIXELS * domain.length }
}
