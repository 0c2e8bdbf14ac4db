import type { CpuPlacement } from '../machine/placement.ts'
import type { CompareOptions, OptionRow } from '../measure/options.ts'
import type { Plan } from '../measure/plan.ts'
import type { Rig } from '../measure/rig.ts'
import type { AnswerBody } from '../result/answer.ts'
import type { Result } from '../result/model.ts'
import type { ResolvedApp } from '../servers/find-app.ts'
import { planOf } from './resolve.ts'

/** What a question is prepared with. */
export interface QuestionContext {
  /** The requested apps; the first one is the baseline. */
  readonly apps: readonly ResolvedApp[]
  readonly placement: CpuPlacement
  /** One sentence for the reader of the terminal. */
  remark(sentence: string): void
}

/** A question with everything decided: which cells, and how an answer is made of them. */
export interface PreparedQuestion {
  readonly plan: Plan
  /** One for every app of the plan: what a study varies is an app of its own there, such as `koa@64`. */
  readonly apps: readonly ResolvedApp[]
  /** Changes the outside world: a proxy in front of what the host starts, for example. Absent: as for every comparison. */
  rig?(rig: Rig): Rig
  /** The answer by what is known so far; called after every round. Pure. Absent: the table says it all. */
  answer?(result: Result): AnswerBody
  /** Takes away what was prepared on the disk. */
  cleanUp?(): Promise<void>
}

/** Values of the options that only one question has, as they were parsed. */
export type OwnValues = Readonly<Record<string, unknown>>

/** A question that yields a plan of cells: options → plan → answer. Engine, statistics, checks and reports are the same for all. */
export interface Question {
  readonly id: string
  /** One sentence. */
  readonly question: string
  /** Where its defaults differ from those of `compare`. */
  readonly defaults: Partial<CompareOptions>
  /** What --quick changes. */
  readonly quick: Partial<Pick<CompareOptions, 'maxMinutes' | 'precision' | 'rounds'>>
  readonly ownOptions: readonly OptionRow[]
  /** What has to be installed first, as a sentence with the way to get it; null, or absent: nothing. */
  missing?(own: OwnValues): Promise<string | null>
  /** Whether a valid run ends with exit status 1 all the same. Absent: none does. */
  isFailed?(result: Result, own: OwnValues): boolean
  /** @throws UserError for options that make no plan */
  prepare(options: CompareOptions, own: OwnValues, context: QuestionContext): Promise<PreparedQuestion>
}

/** What `npm run compare` asks. */
export const comparison: Question = {
  id: 'compare',
  question: 'What does each app cost as it is?',
  defaults: {},
  quick: {},
  ownOptions: [],
  prepare: async (options, _own, { apps }) => ({ plan: planOf(options, apps), apps }),
}
