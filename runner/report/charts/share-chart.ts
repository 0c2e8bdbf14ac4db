import type { Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { requestShares } from '../request-shares.ts'
import { rowNames } from './cell-rows.ts'
import { groupedRows } from './grouped-rows.ts'
import type { ChartSpec } from './render-svg.ts'

const WIDTH = 330
const FRAMEWORK = 'framework'
const WORK = 'work behind the endpoint'
const HTTP = 'HTTP'
/** Where the endpoint without work was not measured, nobody knows where HTTP ends. */
const BOTH = 'HTTP and the work behind the endpoint'
const LONGEST_NAME_PIXELS = 150

/** Where a request's CPU time goes, by endpoint and app, in percent; null without anything to draw. */
export function shareChart(result: Result): ChartSpec | null {
  const names = rowNames(result)
  const shares = requestShares(result)
  if (shares.length === 0) return null
  const endpoints = [...new Set(shares.map(({ endpoint }) => endpoint))]
  const { values, y, height } = groupedRows(
    endpoints.map((endpoint) => ({
      title: plainText(endpoint, 40),
      rows: shares
        .filter((share) => share.endpoint === endpoint)
        .sort((a, b) => a.framework - b.framework)
        .map((share) => ({ ...share, label: names.get(share.app) ?? share.app })),
    })),
  )
  const parts = shares.some(({ workload }) => workload === null) ? [FRAMEWORK, BOTH] : [FRAMEWORK, WORK, HTTP]
  const bars = values.flatMap(({ row, framework, workload, http }) =>
    (workload === null ? [framework, http] : [framework, workload, http]).map((share, order) => ({
      ...{ row, order, part: parts[order]!, percent: 100 * share },
    })),
  )
  return {
    description: `Share of a request by endpoint and app: ${listInWords(parts)}`,
    width: WIDTH,
    height,
    data: { values: bars },
    mark: { type: 'bar', height: 13 },
    encoding: {
      y: { ...y, axis: { ...y.axis, labelLimit: LONGEST_NAME_PIXELS } },
      x: {
        field: 'percent',
        type: 'quantitative',
        stack: 'zero',
        title: '% of the CPU time of a request; less framework is better',
        scale: { domain: [0, 100] },
      },
      color: {
        ...{ field: 'part', type: 'nominal', scale: { domain: parts } },
        legend: { columns: 1 },
      },
      order: { field: 'order', type: 'quantitative' },
    },
  }
}
