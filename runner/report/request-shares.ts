import { formatNumber } from '../result/format.ts'
import type { MeasuredCell, Result } from '../result/model.ts'
import { listInWords, plainText } from '../result/plain-text.ts'
import { isRanked } from './cell-columns.ts'

/** The endpoint without work of its own: what it costs on the baseline is the price of HTTP itself. */
const WITHOUT_WORK = 'hello'
/** Below this share of a request, nobody would notice another framework. */
const LITTLE = 0.05

/** Where the CPU time of a request goes, as shares of it that add up to 1. */
export interface RequestShares {
  readonly app: string
  readonly endpoint: string
  /** What the app adds to the baseline; 0 where it adds nothing that can be seen. */
  readonly framework: number
  /** The work behind the endpoint; null where the endpoint without work was not measured, and `http` is both. */
  readonly workload: number | null
  readonly http: number
}

/**
 * Splits the cost of every ranked cell: the baseline's cost of `hello` is HTTP, what the baseline costs more on another endpoint is the
 * work behind it, and what the app costs above the baseline is the framework.
 */
export function requestShares(result: Result): RequestShares[] {
  const cells = result.cells.filter((cell): cell is MeasuredCell => cell.state === 'measured' && isRanked(cell))
  const baselineOn = (wanted: string) =>
    cells.find(({ app, endpoint }) => app === result.baseline && endpoint === wanted)?.cost.value ?? null
  const http = baselineOn(WITHOUT_WORK)
  return cells.flatMap(({ app, endpoint, overheadMicroseconds }) => {
    const baseline = baselineOn(endpoint)
    if (baseline === null) return []
    const framework = Math.max(0, overheadMicroseconds.value)
    const workload = http === null ? null : Math.max(0, baseline - http)
    const total = baseline + framework
    return [
      {
        app,
        endpoint,
        framework: framework / total,
        workload: workload === null ? null : workload / total,
        http: (baseline - (workload ?? 0)) / total,
      },
    ]
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
