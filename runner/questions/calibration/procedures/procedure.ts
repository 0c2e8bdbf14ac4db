import type { ResolvedApp } from '../../../servers/find-app.ts'
import type { TodayPart } from '../data.ts'
import type { PartContext } from '../part-context.ts'
import { shrunk } from '../repetitions.ts'

/** A full repetition of a procedure, wall time. */
export const FULL_SECONDS = 45

/** One of the servers that every procedure compares. */
export interface Server {
  /** As it is shown; two servers may run the same app. */
  readonly name: string
  readonly app: ResolvedApp
}

/** One repetition as it is asked for. */
export interface ProcedureOrder {
  readonly servers: readonly Server[]
  /** What the repetition should take about, wall time; `FULL_SECONDS` unless there is little time. */
  readonly seconds: number
  /** Another one for every repetition. */
  readonly seed: number
}

/** What one repetition says; its wall time is taken by whoever asks for it. */
export type ProcedureFigures = Omit<TodayPart['procedures'][number]['repetitions'][number], 'wallSeconds'>

/** One way to compare servers. */
export interface Procedure {
  readonly id: string
  readonly title: string
  /** What is run, as words or a command line, when a repetition takes so many seconds. */
  what(seconds: number): string
  /** What is not installed, as a sentence with the way to get it; null: nothing. */
  missing(): Promise<string | null>
  /**
   * One repetition from start to end; leaves no process behind.
   * @returns null when it was interrupted between two steps
   * @throws RunError when it failed, or was interrupted in the middle of one
   */
  repeat(order: ProcedureOrder, context: PartContext): Promise<ProcedureFigures | null>
}

/** Length of a run that takes `fullSeconds` in a full repetition, in one of `seconds`: whole seconds, as load programs want them. */
export function runSeconds(fullSeconds: number, seconds: number): number {
  return shrunk(fullSeconds, seconds / FULL_SECONDS, 1)
}
