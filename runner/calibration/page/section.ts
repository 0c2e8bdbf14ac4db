import type { ChartSpec } from '../../report/charts/render-svg.ts'
import type { CalibrationPart, PartId } from '../data.ts'

export type Outcome = 'met' | 'not met' | 'not measured'

/** What was found about a goal, in words that follow from the numbers; plain text. */
export interface Judgement {
  readonly measured: string
  readonly outcome: Exclude<Outcome, 'not measured'>
}

export interface Goal {
  readonly title: string
  readonly measured: string
  readonly outcome: Outcome
}

/** A chart of the page; it becomes `calibration/<name>-light.svg` and `-dark.svg`. */
export interface Chart {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string
  /** What can be seen, for those who do not see it. */
  readonly alt: string
  readonly spec: ChartSpec
}

/** What one part has to say. Sentences are plain text, which the page escapes; blocks are Markdown. */
export interface SectionBody {
  /** One sentence, or two, computed from the data. */
  readonly answer: string
  /** Charts, tables and paragraphs in the order of the page; texts from the data have been through `safe`. */
  readonly blocks: readonly (string | Chart)[]
  /** What was run: `20 runs of 6 rounds`. */
  readonly effort: string
  /** Sentences. */
  readonly notReached: readonly string[]
}

type PartOf<Id extends PartId> = Extract<CalibrationPart, { part: Id }>

interface SectionKind<Part extends CalibrationPart> {
  readonly title: string
  readonly question: string
  /** Goals in the order of the table at the top; `judge` gives null when the data cannot say. */
  readonly goals: readonly { readonly title: string; judge(part: Part): Judgement | null }[]
  /** null: nothing was finished. */
  body(part: Part): SectionBody | null
}

/** One section of the page; `part` and `body` are null when there is nothing to show. */
export interface Section {
  readonly id: PartId
  readonly title: string
  readonly question: string
  readonly goals: readonly Goal[]
  readonly part: CalibrationPart | null
  readonly body: SectionBody | null
}

export type SectionMaker = (parts: readonly CalibrationPart[]) => Section

/** The section of one part; without the part its goals are not measured. */
export function sectionOf<Id extends PartId>(id: Id, kind: SectionKind<PartOf<Id>>): SectionMaker {
  return (parts) => {
    const part = parts.find((one): one is PartOf<Id> => one.part === id) ?? null
    const body = part === null ? null : kind.body(part)
    const goals = kind.goals.map(({ title, judge }): Goal => {
      const judgement = part === null || body === null ? null : judge(part)
      return { title, ...(judgement ?? { measured: '', outcome: 'not measured' }) }
    })
    return { id, title: kind.title, question: kind.question, goals, part, body }
  }
}
