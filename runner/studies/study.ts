import type { ResolvedApp } from '../../apps/app.ts'
import type { Answer } from '../answer.ts'
import type { CpuPlacement } from '../environment/cpus.ts'
import type { Bench } from '../measure/bench.ts'
import type { RoundRecord } from '../measure/round.ts'
import type { CompareOptions, OptionRow } from '../options.ts'
import type { Plan } from '../plan.ts'
import type { Result } from '../result.ts'

/** What a study is prepared with. */
export interface StudyContext {
  /** The apps asked for; the first one is the baseline. */
  readonly apps: readonly ResolvedApp[]
  readonly placement: CpuPlacement
  /** One sentence for the reader of the terminal. */
  remark(sentence: string): void
}

/** A study with everything decided: which cells, and how an answer is made of them. */
export interface PreparedStudy {
  readonly plan: Plan
  /** One for every app of the plan: what a study varies is an app of its own there, such as `koa@64`. */
  readonly apps: readonly ResolvedApp[]
  /** Changes the outside world: a proxy in front of what the host starts, for example. Absent: as for every comparison. */
  bench?(bench: Bench): Bench
  /** Takes what the result does not keep, round by round. */
  roundFinished?(round: RoundRecord): void
  /** The answer by what is known so far; called after every round. Pure, apart from what `roundFinished` has taken. */
  answer(result: Result): Answer
  /** Takes away what was prepared on the disk. */
  cleanUp?(): Promise<void>
}

/** Values of the options that only a study has, as they were parsed. */
export type OwnValues = Readonly<Record<string, unknown>>

/** A question that yields a plan of cells. The engine, statistics, checks and reports are those of `compare`. */
export interface Study {
  readonly id: string
  readonly title: string
  /** What it answers, one sentence. */
  readonly question: string
  /** Where its defaults differ from those of `compare`. */
  readonly defaults: Partial<CompareOptions>
  /** With --quick: to the end in less than five minutes. */
  readonly quick: Pick<CompareOptions, 'maxMinutes'> & Partial<Pick<CompareOptions, 'precision' | 'rounds'>>
  /** Options of `compare` that mean nothing here. */
  readonly without: readonly (keyof CompareOptions)[]
  readonly ownOptions: readonly OptionRow[]
  /** Lines for --help. */
  readonly examples: readonly string[]
  /** What has to be installed first, as a sentence with the way to get it; null: nothing. */
  missing(own: OwnValues): Promise<string | null>
  /** @throws UserError for options that make no study */
  prepare(options: CompareOptions, own: OwnValues, context: StudyContext): Promise<PreparedStudy>
}
