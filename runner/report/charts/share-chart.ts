import { formatNumber } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import { listInWords, plainText } from '../../result/plain-text.ts'
import { isRanked } from '../cells.ts'
import { rowNames } from './cell-charts.ts'
import type { ChartSpec } from './marks.ts'

/** The endpoint without work of its own: what it costs on the baseline is the price of HTTP itself. */
const WITHOUT_WORK = 'hello'
/** Below this share of a request, nobody would notice another framework. */
const LITTLE = 0.05

/**
 * Where the CPU time of a request of every ranked cell goes, as shares of it that add up to 1: the baseline's cost of `hello` is HTTP, what
 * the baseline costs more on another endpoint is the work behind it (null where the endpoint without work was not measured, and `http` is
 * both), and what the app costs above the baseline is the framework (0 where nothing can be seen).
 */
export function requestShares(result: Result) {
  const cells = result.cells.filter((cell): cell is MeasuredCell => cell.state === 'measured' && isRanked(cell))
  const baselineOn = (wanted: string) =>
    cells.find(({ app, endpoint }) => app === result.baseline && endpoint === wanted)?.cost.value ?? null
  const http = baselineOn(WITHOUT_WORK)
  return cells.flatMap(({ app, endpoint, overheadMicroseconds }) => {
    const baseline = baselineOn(endpoint)
    if (baseline === null) return []
    const framework = Math.max(0, overheadMicroseconds.value)
    const total = baseline + framework
    const workload = http === null ? null : Math.max(0, baseline - http) / total
    return [{ app, endpoint, framework: framework / total, workload, http: baseline / total - (workload ?? 0) }]
  })
}

/** By endpoint, how much of a request the framework is; empty with nothing but the baseline. */
export function shareSentence(result: Result): string {
  const shares = requestShares(result).filter(({ app }) => app !== result.baseline)
  const clauses = [...Map.groupBy(shares, ({ endpoint }) => endpoint)].map(([endpoint, own]) => {
    const all = own.map(({ framework }) => framework)
    const [least, most] = [Math.min(...all), Math.max(...all)]
    const range = percent(least) === percent(most) ? percent(most) : `${percent(least)} to ${percent(most)}`
    return `${range} % on ${plainText(endpoint, 40)}${most < LITTLE ? ' (there it hardly matters)' : ''}`
  })
  return clauses.length === 0 ? '' : `Of the CPU time of a request, the framework takes ${listInWords(clauses)}.`
}

function percent(share: number): string {
  return formatNumber(100 * share, share < 0.0095 && share > 0 ? 1 : 0)
}

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
  const groups = [...Map.groupBy(shares, ({ endpoint }) => endpoint)].map(([endpoint, own]) => ({
    title: plainText(endpoint, 40),
    rows: own.sort((a, b) => a.framework - b.framework).map((share) => ({ ...share, label: names.get(share.app) ?? share.app })),
  }))
  const { values, y, height } = groupedRows(groups)
  const parts = shares.some(({ workload }) => workload === null) ? [FRAMEWORK, BOTH] : PARTS
  const bars = values.flatMap(({ row, framework, workload, http }) =>
    [framework, workload, http]
      .filter((share) => share !== null)
      .map((share, order) => ({ row, order, part: parts[order]!, percent: 100 * share })),
  )
  const x = { field: 'percent', stack: 'zero', title: '% of the CPU time of a request; less framework is better' } as const
  return {
    description: `Share of a request by endpoint and app: ${listInWords(parts)}`,
    width: 330,
    height,
    data: { values: bars },
    mark: { type: 'bar', height: 13 },
    encoding: {
      y,
      x: { ...x, type: 'quantitative', scale: { domain: [0, 100] } },
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
