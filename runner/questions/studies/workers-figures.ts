import type { ProcessRecord } from '../../measure/records.ts'
import type { Estimate } from '../../result/model.ts'
import { extremeShares, jainsIndex } from '../../statistics/shares.ts'
import { mean } from '../../statistics/summary.ts'
import type { LifeFigure, LifeTable } from './lives.ts'
import { mebibytes } from './memory-figures.ts'

const workersOf = ({ members }: ProcessRecord) => members.filter(({ role }) => role === 'worker')

/** Memory of one worker at the end of the load, mean over them, MiB. */
export const residentPerWorker: LifeFigure = (life) => meanOf(life, ({ residentBytes }) => residentBytes)
export const anonymousPerWorker: LifeFigure = (life) => meanOf(life, ({ anonymousBytes }) => anonymousBytes)

/** Of the process that serves nothing, MiB. */
export const primaryResident: LifeFigure = ({ members }) =>
  mebibytes(members.find(({ role }) => role === 'primary')?.residentBytes)

/** Of all processes, MiB. */
export const residentInAll: LifeFigure = ({ members }) =>
  members.length === 0 ? null : mebibytes(members.reduce((sum, { residentBytes }) => sum + residentBytes, 0))

/** How something is shared among workers, and between which values that can lie for so many of them. */
export interface SharingFigure {
  readonly of: LifeFigure
  range(workers: number): readonly [least: number, most: number]
}

/** How evenly CPU time, which goes with requests, and connections are shared; null for one worker alone. */
export const cpuFairness: SharingFigure = {
  of: (life) => shared(life, ({ cpuNs }) => cpuNs, jainsIndex),
  range: (workers) => [1 / workers, 1],
}
export const connectionFairness: SharingFigure = {
  ...cpuFairness,
  of: (life) => shared(life, ({ connections }) => connections, jainsIndex),
}

/** CPU time of the worker that has least, and of the one that has most, as a multiple of an even share. */
export const smallestShare: SharingFigure = {
  of: (life) =>
    shared(
      life,
      ({ cpuNs }) => cpuNs,
      (values) => extremeShares(values).smallest,
    ),
  range: () => [0, 1],
}
export const largestShare: SharingFigure = {
  of: (life) =>
    shared(
      life,
      ({ cpuNs }) => cpuNs,
      (values) => extremeShares(values).largest,
    ),
  range: (workers) => [1, workers],
}

/** Means over rounds; their intervals end where the range does, which the truth cannot leave either. */
export function sharing(
  lives: LifeTable,
  variants: readonly { readonly id: string; readonly workers: number }[],
  { of, range }: SharingFigure,
): (Estimate | null)[] {
  const means = lives.means(
    variants.map(({ id }) => id),
    of,
  )
  return means.map((estimate, index) => {
    if (estimate === null) return null
    const [least, most] = range(variants[index]!.workers)
    const { value, low, high, level } = estimate
    return { value, low: low === null ? null : Math.max(least, low), high: high === null ? null : Math.min(most, high), level }
  })
}

function meanOf(life: ProcessRecord, of: (worker: ProcessRecord['members'][number]) => number): number | null {
  const workers = workersOf(life)
  return workers.length === 0 ? null : mebibytes(mean(workers.map(of)))
}

function shared(
  life: ProcessRecord,
  of: (worker: ProcessRecord['members'][number]) => number | null,
  figure: (values: number[]) => number,
): number | null {
  const values = workersOf(life).map(of)
  const known = values.filter((value) => value !== null)
  if (known.length < 2 || known.length < values.length) return null
  const value = figure(known)
  return Number.isNaN(value) ? null : value
}
