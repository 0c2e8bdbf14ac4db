import type { HeldAnswers } from '../../load/driver.ts'
import type { Finding, MeasuredCell } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import type { SlowAnswers } from '../slow-answers.ts'
import type { LoadSums, SliceSums } from '../sums.ts'

/** A measured cell before it is judged. */
export type CellFigures = Omit<MeasuredCell, 'verdict' | 'findings' | 'rank' | 'apartFrom'>

/** Sums over all slices of a cell that count, both copies of the baseline included. */
export interface CellTotals extends SliceSums {
  /** With disturbed attempts: of these as well there are latencies, and an app that closes connections disturbs itself. */
  readonly loaded: LoadSums
  readonly slow: SlowAnswers
  readonly held: HeldAnswers
}

/** What the checks of one cell look at. */
export interface CellFacts {
  readonly figures: CellFigures
  readonly totals: CellTotals
  /** Its ratio is 1 by definition. */
  readonly isBaseline: boolean
  /** What the intervals take into account beside the rounds' values, by round; null: nothing. */
  readonly covariate: readonly number[] | null
  /** An app as it is; what a study varies has no usual ratio, and may well be cheaper than the baseline. */
  readonly isPlain: boolean
  /** npm package of the app; null: none. */
  readonly package: string | null
  /** Major version of Node. */
  readonly nodeMajor: number
  /** CPUs that the server has to itself; null: not pinned, it may use any. */
  readonly cpus: number | null
  /** The driver cannot keep the server busy and does not try to. */
  readonly driverSleeps: boolean
  /** The load is meant to keep the server busy; false: that it idles is what was requested. */
  readonly loadSaturates: boolean
  /** What its server does outside its slices; null: not watched. */
  readonly outside: OutsideWork | null
  /** Half-width requested; null: none. */
  readonly precisionPercent: number | null
}

/** One kind of check of one cell. */
export type CellCheck = (facts: CellFacts) => Finding[]

/** One kind of check that has to see all cells, because it corrects for their number; findings in the order of the cells. */
export type FamilyCheck = (cells: readonly CellFacts[]) => Finding[][]
