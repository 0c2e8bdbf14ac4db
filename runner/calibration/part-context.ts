import type { OpenedBench } from '../benches.ts'
import type { CpuPlacement } from '../environment/cpus.ts'
import type { UserError } from '../errors.ts'
import type { DriverId } from '../load/drivers.ts'
import type { CalibrationPart } from './data.ts'

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
  /** Monotonic clock, nanoseconds; the same as that of the benches. */
  now(): number
  openBench(driver: DriverId, seed: number, placement: CpuPlacement): Promise<OpenedBench>
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
