import type { DriverId } from '../../load/drivers.ts'
import type { CpuPlacement } from '../../machine/cpus.ts'
import type { UserError } from '../../result/errors.ts'
import type { OpenedRig } from '../rigs.ts'
import type { CalibrationPart, PartId } from './data.ts'

/** All that a part of the calibration is given; tests bring a simulated world, a clock of their own and little time. */
export interface PartContext {
  /** The part's share of the time: what it does has to fit into it. */
  readonly milliseconds: number
  /** Of this part alone; every run of the part takes another one, made from this. */
  readonly seed: number
  /** Aborted at Ctrl-C: the part ends soon, with what was finished. */
  readonly signal: AbortSignal
  readonly placement: CpuPlacement
  /** Where relative paths of app modules start: the project's folder. */
  readonly cwd: string
  /** Ids or paths of the suite's apps without the baseline; tests take fewer. */
  readonly apps: readonly string[]
  /** Monotonic clock, nanoseconds; the same as that of the rigs. */
  now(): number
  openRig(driver: DriverId, seed: number, placement: CpuPlacement): Promise<OpenedRig>
  /** What is being done just now, in a few words: for the progress line, beside the share of the time that has gone by. */
  progress(sentence: string): void
  /** Something a reader of the terminal should know, one sentence. */
  remark(sentence: string): void
}

/** A part without its head: when, where and by what it was measured is the same for all and added by `calibrate.ts`. */
export type PartBody<Part extends CalibrationPart> = Omit<Part, 'head'>

/** How a part ended. */
export interface PartOutcome<Part extends CalibrationPart> {
  /** null: nothing was finished. */
  readonly body: PartBody<Part> | null
  /** It ended before its time, by Ctrl-C or because of a problem. */
  readonly cutShort: boolean
  /** Why it could not go on; null when it could. */
  readonly problem: UserError | null
}

/**
 * Measures one part of the calibration.
 * @throws UserError for a mistake in the call; a failure of the machine is the outcome's problem, beside what was finished
 */
export type MeasurePart<Part extends CalibrationPart> = (context: PartContext) => Promise<PartOutcome<Part>>

/** Where a calibration stands. */
export interface CalibrationProgress {
  readonly part: PartId
  readonly title: string
  /** Share of the part's time that has gone by, 0 to 1. */
  readonly partShare: number
  /** What is being done just now, a few words. */
  readonly sentence: string
  readonly elapsedSeconds: number
  /** With the parts that are still to come. */
  readonly secondsLeft: number
}

/** Who wants to know how a calibration goes. */
export interface CalibrationListener {
  /** One sentence that should stay to be read. */
  remark(sentence: string): void
  partStarted(part: Omit<CalibrationProgress, 'partShare' | 'sentence'>): void
  progress(progress: CalibrationProgress): void
}

/**
 * What the suite is compared with others by, beside the baseline: a light framework and a heavy one, far enough apart that there is no
 * doubt about their order. From the cheaper to the more expensive.
 */
export const COMPARED = ['koa', 'express'] as const
