import type { CompareOptions } from '../../measure/options.ts'
import type { Answer, AnswerBody } from '../../result/answer.ts'
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
  /** Options of `compare` that mean nothing here; absent: none. */
  readonly without?: readonly (keyof CompareOptions)[]
  /** Lines for --help. */
  readonly examples: readonly string[]
  prepare(options: CompareOptions, own: OwnValues, context: QuestionContext): Promise<PreparedStudy>
}

/**
 * What may be said of a run: all of it, unless a finding of the whole run makes every number invalid. Then nothing is said and nothing is
 * drawn; the figures stay in the tables, for whoever looks for the fault. Cells that are invalid by themselves are the study's to leave
 * out.
 */
export function withholdInvalid({ findings }: Pick<Result, 'findings'>, answer: Answer): Answer {
  const codes = [...new Set(findings.filter(({ severity }) => severity === 'invalid').map(({ code }) => code))]
  if (codes.length === 0) return answer
  const notice = `This run is invalid (${codes.join(', ')}): it does not answer the question.`
  const tables = answer.tables.map((table) => ({ ...table, title: `invalid: ${table.title}`, note: notice }))
  return { ...answer, sentences: [notice], charts: [], tables }
}
