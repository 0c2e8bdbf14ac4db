import type { Scheduling } from '../../../apps/scheduling.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import { againstReference, estimateFigures, rateRatios } from '../../analysis/relative.ts'
import type { Estimate, MeasuredCell, ProcessRecord, Result } from '../../result/model.ts'
import { extremeShares, jainsIndex } from '../../statistics/shares.ts'
import { mean, total } from '../../statistics/summary.ts'
import { usableCell } from './phrases.ts'
import { mebibytes, type ProcessFigure, processFigures } from './processes.ts'

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
  readonly scheduling: Scheduling
  /** Fewest first. */
  readonly rows: readonly WorkersRow[]
  /** The fewest processes that no larger number measured is proven to beat; null: nothing to compare. 0: one plain process. */
  readonly enough: number | null
}

/** Valid and suspect cells of an endpoint, in the order of the variants; of every app the plain process first. */
export function workersRows(result: Result, variants: readonly WorkersVariant[], endpoint: string): WorkersRow[] {
  const known = variants.flatMap((variant) => {
    const cell = usableCell(result, variant.id, endpoint)
    return cell === null ? [] : [{ ...variant, cell }]
  })
  return [...Map.groupBy(known, ({ app }) => app)].flatMap(([app, own]) => {
    const plain = own.find(({ scheduling }) => scheduling === null)
    const others = own.filter((one) => one !== plain)
    if (plain === undefined) return others.map((one) => ({ ...one, rateRatio: null, costRatio: null }))
    const costs = againstReference(result, app)
    const rates = rateRatios(cellsOf(others), plain.cell)
    const compared = others.map((one, index) => ({
      ...one,
      rateRatio: rates[index] ?? null,
      costRatio: costs.find((cost) => cost.app === one.id && cost.endpoint === endpoint)?.ratio ?? null,
    }))
    return [{ ...plain, rateRatio: null, costRatio: null }, ...compared]
  })
}

/** How every app and scheduling of an endpoint goes on with more workers. */
export function scalings(rows: readonly WorkersRow[]): Scaling[] {
  const groups = Map.groupBy(rows, ({ app, scheduling }) => `${app} ${scheduling}`)
  return [...groups.values()].flatMap((group) => {
    const { app, scheduling } = group[0]!
    if (scheduling === null) return []
    const plain = rows.find((one) => one.app === app && one.scheduling === null)
    const own = group.toSorted((a, b) => a.workers - b.workers)
    return [{ app, scheduling, rows: own, enough: plain === undefined ? null : enough([plain, ...own]) }]
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

type WorkedMember = ProcessRecord['members'][number]

const workersOf = ({ members }: ProcessRecord) => members.filter(({ role }) => role === 'worker')

/** Memory of one worker at the end of the load, mean over them, MiB. */
export const residentPerWorker = perWorker(({ residentBytes }) => residentBytes)
export const anonymousPerWorker = perWorker(({ anonymousBytes }) => anonymousBytes)

function perWorker(of: (worker: WorkedMember) => number): ProcessFigure {
  return (process) => {
    const workers = workersOf(process)
    return workers.length === 0 ? null : mebibytes(mean(workers.map(of)))
  }
}

/** Of the process that serves nothing, MiB. */
export const primaryResident: ProcessFigure = ({ members }) =>
  mebibytes(members.find(({ role }) => role === 'primary')?.residentBytes)

/** Of all processes, MiB. */
export const residentInAll: ProcessFigure = ({ members }) =>
  members.length === 0 ? null : mebibytes(total(members, ({ residentBytes }) => residentBytes))

/** How something is shared among workers, and between which values that can lie for so many of them. */
interface SharingFigure {
  /** null for one worker alone. */
  readonly of: ProcessFigure
  range(workers: number): readonly [least: number, most: number]
}

/** How evenly CPU time, which goes with requests, and connections are shared. */
export const cpuFairness: SharingFigure = {
  of: shared(({ cpuNs }) => cpuNs, jainsIndex),
  range: (workers) => [1 / workers, 1],
}
export const connectionFairness: SharingFigure = {
  ...cpuFairness,
  of: shared(({ connections }) => connections, jainsIndex),
}

/** CPU time of the worker that has least, and of the one that has most, as a multiple of an even share. */
export const smallestShare: SharingFigure = {
  of: shared(
    ({ cpuNs }) => cpuNs,
    (values) => extremeShares(values).smallest,
  ),
  range: () => [0, 1],
}
export const largestShare: SharingFigure = {
  of: shared(
    ({ cpuNs }) => cpuNs,
    (values) => extremeShares(values).largest,
  ),
  range: (workers) => [1, workers],
}

function shared(of: (worker: WorkedMember) => number | null, figure: (values: number[]) => number): ProcessFigure {
  return (process) => {
    const values = workersOf(process).map(of)
    const known = values.filter((value) => value !== null)
    if (known.length < 2 || known.length < values.length) return null
    const value = figure(known)
    return Number.isNaN(value) ? null : value
  }
}

/** Means over rounds; their intervals end where the range does, which the truth cannot leave either. */
export function sharing(result: Result, variants: readonly WorkersVariant[], { of, range }: SharingFigure): (Estimate | null)[] {
  return estimateFigures(variants.map(({ id }) => processFigures(result, id, of))).map((estimate, index) => {
    if (estimate === null) return null
    const [least, most] = range(variants[index]!.workers)
    const { value, low, high, level } = estimate
    return { value, low: low === null ? null : Math.max(least, low), high: high === null ? null : Math.min(most, high), level }
  })
}
