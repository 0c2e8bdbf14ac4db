import type { Slice } from './sample.ts'

/** Where a run stands; told often enough for a live progress line. */
export interface Progress {
  readonly phase: 'preflight' | 'pilot' | 'start' | 'warm-up' | 'measure'
  /** From 1; 0 before the first round. */
  readonly round: number
  /** Rounds expected in all, from the precision reached so far; null: too early to tell. */
  readonly expectedRounds: number | null
  /** Share of this round that is done, 0 to 1. */
  readonly roundShare: number
  readonly elapsedSeconds: number
  /** Honest guess; null: too early to tell. Never more than what the time limit leaves. */
  readonly secondsLeft: number | null
}

/** What is known after a round. */
export interface RoundSummary extends Omit<Progress, 'phase' | 'roundShare'> {
  /** Widest relative half-width over all ratios, percent; null with fewer than 2 rounds. */
  readonly widestHalfWidthPercent: number | null
  /** The cell it belongs to, for example `express lookup`. */
  readonly widestCell: string | null
  /** null: the number of rounds was given. */
  readonly precisionPercent: number | null
}

/** Reporters listen to a run; every moment is optional, and measuring code never prints. */
export interface Listener {
  /** A remark on what is going to happen, one sentence. */
  remark?(sentence: string): void
  progress?(progress: Progress): void
  sliceMeasured?(slice: Slice): void
  roundFinished?(summary: RoundSummary): void
  /** An app is out of the run; the others go on. */
  appFailed?(app: string, reason: string, hint: string | null): void
}

/** One listener that passes every moment on to all. */
export function allListeners(listeners: readonly Listener[]): Required<Listener> {
  return {
    remark: (sentence) => listeners.forEach((listener) => void listener.remark?.(sentence)),
    progress: (progress) => listeners.forEach((listener) => void listener.progress?.(progress)),
    sliceMeasured: (slice) => listeners.forEach((listener) => void listener.sliceMeasured?.(slice)),
    roundFinished: (summary) => listeners.forEach((listener) => void listener.roundFinished?.(summary)),
    appFailed: (app, reason, hint) => listeners.forEach((listener) => void listener.appFailed?.(app, reason, hint)),
  }
}
