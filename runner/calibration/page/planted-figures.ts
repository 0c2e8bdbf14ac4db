import type { Estimate as StoredEstimate } from '../../result.ts'
import type { Estimate } from '../../statistics/estimate.ts'
import { mean, median } from '../../statistics/summary.ts'
import type { PlantedPart } from '../data.ts'
import { bounded, holds } from './bounded.ts'

type Cell = PlantedPart['runs'][number]['cells'][number]

/** One app of one run that burns a known time per request. All times are microseconds. */
export interface Recovery extends Estimate {
  readonly base: string
  readonly run: number
  readonly planted: number
  /** The same in two digits: the name of the app's work, which the calibrated time may miss by a little. */
  readonly nominal: number
  readonly holds: boolean
}

/** Known work over the same server with the wrapper that burns nothing; what burns nothing itself is no recovery. */
export function recoveriesOf(part: PlantedPart): Recovery[] {
  return recoveries(part, ({ overWrapperMicroseconds }) => overWrapperMicroseconds)
}

/** The same as the suite prints it: over the baseline, the cost of the wrapper included. */
export function plainRecoveriesOf(part: PlantedPart): Recovery[] {
  return recoveries(part, ({ overheadMicroseconds }) => overheadMicroseconds)
}

function recoveries({ runs }: PlantedPart, found: (cell: Cell) => StoredEstimate | null): Recovery[] {
  return runs.flatMap(({ base, cells }, run) =>
    cells.flatMap((cell) => {
      const { plantedMicroseconds: planted } = cell
      const estimate = found(cell)
      if (planted === 0 || estimate === null) return []
      const nominal = Number(planted.toPrecision(2))
      return bounded(estimate).map((known) => ({ ...known, base, run, planted, nominal, holds: holds(known, planted) }))
    }),
  )
}

/** What the wrapper alone costs over its base, one estimate per run. */
export function wrapperCosts({ runs }: PlantedPart, base: string): Estimate[] {
  return runs
    .filter((run) => run.base === base)
    .flatMap(({ cells }) => cells.filter(({ plantedMicroseconds }) => plantedMicroseconds === 0))
    .flatMap(({ overheadMicroseconds }) => bounded(overheadMicroseconds))
}

/** All runs of one base and one planted time. */
export interface RecoveryGroup {
  readonly base: string
  readonly planted: number
  readonly recoveries: readonly Recovery[]
  /** The median of the runs with the median half-width: what one run finds. */
  readonly usual: Estimate
  readonly holding: number
}

/** In the order of bases as they were first run, then of planted time. */
export function groupRecoveries(all: readonly Recovery[]): RecoveryGroup[] {
  const bases = [...new Set(all.map(({ base }) => base))]
  return bases.flatMap((base) => {
    const ofBase = all.filter((one) => one.base === base)
    const nominals = [...new Set(ofBase.map(({ nominal }) => nominal))].sort((a, b) => a - b)
    return nominals.map((nominal) => {
      const group = ofBase.filter((one) => one.nominal === nominal)
      const holding = group.filter((one) => one.holds).length
      return { base, planted: median(group.map(({ planted }) => planted)), recoveries: group, usual: usualOf(group), holding }
    })
  })
}

/** What one run of several is like. @throws RangeError without any */
export function usualOf(estimates: readonly Estimate[]): Estimate {
  const value = median(estimates.map((one) => one.value))
  const halfWidth = median(estimates.map(({ low, high }) => (high - low) / 2))
  return { value, low: value - halfWidth, high: value + halfWidth, level: estimates[0]!.level }
}

/** How far the processes that the burning loop was calibrated in lie from their mean, as a share; null with none. */
export function burnSpread({ burn }: PlantedPart): number | null {
  if (burn.perProcess.length === 0) return null
  const centre = mean(burn.perProcess)
  return Math.max(...burn.perProcess.map((value) => Math.abs(value / centre - 1)))
}
