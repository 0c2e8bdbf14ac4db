import type { DriverId } from '../../load/drivers.ts'
import type { CpuPlacement } from '../../machine/placement.ts'
import type { AnswerBody } from '../../result/answer.ts'
import type { UserError } from '../../result/errors.ts'
import type { OpenedRig } from '../rigs.ts'
import type { CalibrationPart, PartId } from './data.ts'

/** One part of the calibration, from measuring to what the page says of it. */
export interface Part<Data extends CalibrationPart> {
  readonly id: Data['part']
  /** For the progress line. */
  readonly title: string
  /** Of the time of a whole calibration, 0 to 1. */
  readonly share: number
  /** @throws UserError for a mistake in the call; a failure of the machine is the outcome's problem, beside what was finished */
  measure(context: PartContext): Promise<PartOutcome<Data>>
  /** On the page, like the question. */
  readonly heading: string
  readonly question: string
  readonly goals: readonly string[]
  /** null: too little was finished to say anything. */
  answer(data: Data): PartAnswer | null
}

/** Any of them, each with the data that belong to it. */
export type AnyPart = { [Id in PartId]: Part<Extract<CalibrationPart, { part: Id }>> }[PartId]

/** All that a part of the calibration is given; tests bring a simulated world, a clock of their own and little time. */
export interface PartContext {
  /** The part's share of the time: what it does has to fit into it. */
  readonly milliseconds: number
  /** What a repetition of the usual procedures takes, seconds; for the part that puts the suite beside them. */
  readonly lengths: readonly number[]
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

/** How a part ended. */
export interface PartOutcome<Data extends CalibrationPart> {
  /** When, where and by what it was measured is the same for all parts and added by `calibrate.ts`. null: nothing was finished. */
  readonly body: Omit<Data, 'head'> | null
  /** It ended before its time, by Ctrl-C or because of a problem. */
  readonly cutShort: boolean
  /** Why it could not go on; null when it could. */
  readonly problem: UserError | null
}

/** What was found about a goal, in words that follow from the numbers. */
export interface Judgement {
  readonly measured: string
  readonly outcome: 'met' | 'not met'
}

/** What one part of the calibration says; texts are plain and escaped by whoever renders them. */
export interface PartAnswer extends AnswerBody {
  /** Of every goal of the part, in their order; null where the data cannot say. */
  readonly judgements: readonly (Judgement | null)[]
  /** What was run: `20 runs of 6 rounds`. */
  readonly effort: string
}

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
