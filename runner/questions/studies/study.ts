import type { CompareOptions } from '../../measure/options.ts'
import type { AnswerBody } from '../../result/answer.ts'
import type { Result } from '../../result/model.ts'
import type { OwnValues, PreparedQuestion, Question, QuestionContext } from '../question.ts'

export interface PreparedStudy extends PreparedQuestion {
  answer(result: Result): AnswerBody
}

/** A question beyond the comparison. */
export interface Study extends Question {
  readonly title: string
  /** With --quick: to the end in less than five minutes. */
  readonly quick: Pick<CompareOptions, 'maxMinutes'> & Partial<Pick<CompareOptions, 'precision' | 'rounds'>>
  /** Options of `compare` that mean nothing here. */
  readonly without: readonly (keyof CompareOptions)[]
  /** Lines for --help. */
  readonly examples: readonly string[]
  prepare(options: CompareOptions, own: OwnValues, context: QuestionContext): Promise<PreparedStudy>
}
