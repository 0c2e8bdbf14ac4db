import type { PartId } from './data.ts'

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
