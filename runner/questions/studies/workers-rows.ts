import type { Scheduling } from '../../../apps/scheduling.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import { againstReference, rateRatios } from '../../analysis/relative.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { usableCell } from './usable.ts'

/** One way of serving an app. */
export interface WorkersVariant {
  readonly app: string
  /** Of the app in the plan. */
  readonly id: string
  readonly workers: number
  /** null: one plain process, without node:cluster. */
  readonly scheduling: Scheduling | null
}

/** A variant with a number to be quoted, and what it is beside one plain process of the same app. */
export interface WorkersRow extends WorkersVariant {
  readonly cell: MeasuredCell
  /** null: it is that process itself, or there is nothing to compare with. */
  readonly rateRatio: Estimate | null
  readonly costRatio: Estimate | null
}

/** The numbers of workers of one app and scheduling, on one endpoint. */
export interface Scaling {
  readonly app: string
  readonly endpoint: string
  readonly scheduling: Scheduling
  /** Fewest first. */
  readonly rows: readonly WorkersRow[]
  /** The fewest processes that no larger number measured is proven to beat; null: nothing to compare. 0: one plain process. */
  readonly enough: number | null
}

/** Valid and suspect cells of an endpoint, in the order of the variants. */
export function workersRows(result: Result, variants: readonly WorkersVariant[], endpoint: string): WorkersRow[] {
  const known = variants.flatMap((variant) => {
    const cell = usableCell(result, variant.id, endpoint)
    return cell === null ? [] : [{ ...variant, cell }]
  })
  return [...Map.groupBy(known, ({ app }) => app)].flatMap(([app, own]) => {
    const plain = own.find(({ scheduling }) => scheduling === null)
    const others = own.filter((one) => one !== plain)
    const costs = againstReference(result, app)
    const rates = plain === undefined ? [] : rateRatios(cellsOf(others), plain.cell)
    const compared = others.map((one, index) => ({
      ...one,
      rateRatio: rates[index] ?? null,
      costRatio:
        plain === undefined ? null : (costs.find((cost) => cost.app === one.id && cost.endpoint === endpoint)?.ratio ?? null),
    }))
    return plain === undefined ? compared : [{ ...plain, rateRatio: null, costRatio: null }, ...compared]
  })
}

/** How every app and scheduling of an endpoint goes on with more workers. */
export function scalings(rows: readonly WorkersRow[], endpoint: string): Scaling[] {
  const groups = Map.groupBy(rows, ({ app, scheduling }) => `${app} ${scheduling}`)
  return [...groups.values()].flatMap((group) => {
    const { app, scheduling } = group[0]!
    if (scheduling === null) return []
    const plain = rows.find((one) => one.app === app && one.scheduling === null)
    const own = group.toSorted((a, b) => a.workers - b.workers)
    return [{ app, endpoint, scheduling, rows: own, enough: plain === undefined ? null : enough([plain, ...own]) }]
  })
}

/** Every pair is looked at, so each is at a level corrected for their number (Bonferroni). */
function enough(levels: readonly WorkersRow[]): number {
  const pairs = (levels.length * (levels.length - 1)) / 2
  const level = 1 - (1 - LEVEL) / Math.max(1, pairs)
  const place = levels.findIndex((one, index) => {
    const above = rateRatios(cellsOf(levels.slice(index + 1)), one.cell, level)
    return !above.some((ratio) => ratio !== null && ratio.low !== null && ratio.low > 1)
  })
  const { scheduling, workers } = levels[place]!
  return scheduling === null ? 0 : workers
}

function cellsOf(rows: readonly { readonly cell: MeasuredCell }[]): MeasuredCell[] {
  return rows.map(({ cell }) => cell)
}
