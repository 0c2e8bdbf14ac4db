import type { AnswerBody } from '../../../result/answer.ts'
import type { CalibrationPart, PartId } from '../data.ts'

/** What was found about a goal, in words that follow from the numbers. */
export interface Judgement {
  readonly measured: string
  readonly outcome: 'met' | 'not met'
}

/** What one part of the calibration says; texts are plain and escaped by whoever renders them. */
export interface PartAnswer extends AnswerBody {
  /** What was run: `20 runs of 6 rounds`. */
  readonly effort: string
}

/** How one part is presented. */
export interface PartPage<Part extends CalibrationPart> {
  readonly part: Part['part']
  readonly title: string
  readonly question: string
  /** `judge` returns null when the data cannot say. */
  readonly goals: readonly { readonly title: string; judge(part: Part): Judgement | null }[]
  /** null: too little was finished to say anything. */
  answer(part: Part): PartAnswer | null
}

/** Any of them, each with the data that belong to it. */
export type AnyPartPage = { [Id in PartId]: PartPage<Extract<CalibrationPart, { part: Id }>> }[PartId]
