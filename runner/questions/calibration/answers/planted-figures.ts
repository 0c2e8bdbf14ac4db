import type { Estimate as StoredEstimate } from '../../../result/model.ts'
import type { Estimate } from '../../../statistics/estimate.ts'
import { mean, median } from '../../../statistics/summary.ts'
import type { PlantedPart } from '../data.ts'
import { bounded, holds } from './words.ts'

type Cell = PlantedPart['runs'][number]['cells'][number]

/** One app of one run that burns a known time per request. All times are microseconds. */
export interface Recovery extends Estimate {
  readonly base: string
  readonly run: number
  /** What the work takes in a quiet process. */
  readonly planted: number
  /** The same in two digits: the name of the app's work, which the calibrated time may miss by a little. */
  readonly nominal: number
  /** What it took in the servers of this run, by their own clocks; null: not timed. */
  readonly inSitu: Estimate | null
  /** What should have been found: timed in situ where it was, else planted. */
  readonly truth: number
  /** Recovered less the truth; where that was timed in situ, paired with it by round, so that its own uncertainty is in there. */
  readonly error: Estimate
  /** The interval of the error holds 0. */
  readonly holds: boolean
  /** By how much a whole request took longer by the servers' clocks, and recovered less that; null: not timed. */
  readonly wholeRequest: Estimate | null
  readonly wholeRequestError: Estimate | null
}

/** Known work over the same server with the wrapper that burns nothing; what burns nothing itself is no recovery. */
export function recoveriesOf(part: PlantedPart): Recovery[] {
  return recoveries(part, ({ overWrapperMicroseconds, inSitu }) => ({
    found: overWrapperMicroseconds,
    error: inSitu?.recoveredLessInSitu ?? null,
  }))
}

/** The same as the suite prints it: over the baseline, the cost of the wrapper included. */
export function plainRecoveriesOf(part: PlantedPart): Recovery[] {
  return recoveries(part, ({ overheadMicroseconds }) => ({ found: overheadMicroseconds, error: null }))
}

interface Found {
  readonly found: StoredEstimate | null
  /** null: the truth is taken for certain. */
  readonly error: StoredEstimate | null
}

function recoveries({ runs }: PlantedPart, foundIn: (cell: Cell) => Found): Recovery[] {
  return runs.flatMap(({ base, cells }, run) =>
    cells.flatMap((cell) => {
      const { plantedMicroseconds: planted } = cell
      const { found, error } = foundIn(cell)
      if (planted === 0 || found === null) return []
      const nominal = Number(planted.toPrecision(2))
      const [inSitu = null] = cell.inSitu === null ? [] : bounded(cell.inSitu.microseconds)
      const truth = inSitu?.value ?? planted
      const [wholeRequest = null] = cell.wholeRequest === null ? [] : bounded(cell.wholeRequest.microseconds)
      const [wholeRequestError = null] = cell.wholeRequest === null ? [] : bounded(cell.wholeRequest.recoveredLessInSitu)
      return bounded(found).map((known) => {
        const [paired = lessTruth(known, truth)] = error === null || inSitu === null ? [] : bounded(error)
        const whole = { wholeRequest, wholeRequestError }
        return { ...known, base, run, planted, nominal, inSitu, truth, error: paired, holds: holds(paired, 0), ...whole }
      })
    }),
  )
}

function lessTruth({ value, low, high, level }: Estimate, truth: number): Estimate {
  return { value: value - truth, low: low - truth, high: high - truth, level }
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
  /** Median of the runs. */
  readonly truth: number
  readonly recoveries: readonly Recovery[]
  /** The median of the runs with the median half-width: what one run finds. */
  readonly usual: Estimate
  /** The same of what was timed in situ; null: in no run. */
  readonly inSitu: Estimate | null
  readonly error: Estimate
  readonly holding: number
  /** The same of whole requests, and in how many runs the interval of recovered less that holds 0; null: in no run. */
  readonly wholeRequest: Estimate | null
  readonly holdingWhole: number
}

/** In the order of bases as they were first run, then of planted time. */
export function groupRecoveries(all: readonly Recovery[]): RecoveryGroup[] {
  const bases = [...new Set(all.map(({ base }) => base))]
  return bases.flatMap((base) => {
    const ofBase = all.filter((one) => one.base === base)
    const nominals = [...new Set(ofBase.map(({ nominal }) => nominal))].sort((a, b) => a - b)
    return nominals.map((nominal) => groupOf(ofBase.filter((one) => one.nominal === nominal)))
  })
}

function groupOf(recoveries: readonly Recovery[]): RecoveryGroup {
  return {
    base: recoveries[0]!.base,
    planted: median(recoveries.map(({ planted }) => planted)),
    truth: median(recoveries.map(({ truth }) => truth)),
    recoveries,
    usual: usualOf(recoveries),
    inSitu: usualOrNull(recoveries.map(({ inSitu }) => inSitu)),
    error: usualOf(recoveries.map(({ error }) => error)),
    holding: recoveries.filter((one) => one.holds).length,
    wholeRequest: usualOrNull(recoveries.map(({ wholeRequest }) => wholeRequest)),
    holdingWhole: recoveries.filter(holdsWhole).length,
  }
}

/** What was recovered is what the servers' clocks say of whole requests. */
export function holdsWhole({ wholeRequestError }: Recovery): boolean {
  return wholeRequestError !== null && holds(wholeRequestError, 0)
}

function usualOrNull(estimates: readonly (Estimate | null)[]): Estimate | null {
  const known = estimates.filter((one) => one !== null)
  return known.length === 0 ? null : usualOf(known)
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

/** Samples of calls in the servers, and how many of them were left out of the means. */
export function sampleCounts({ runs }: PlantedPart): { readonly taken: number; readonly leftOut: number } {
  const timed = runs.flatMap(({ cells }) => cells.flatMap(({ inSitu }) => inSitu ?? []))
  const leftOut = timed.reduce((sum, one) => sum + one.leftOut, 0)
  return { taken: timed.reduce((sum, one) => sum + one.samples, leftOut), leftOut }
}
