import type { Finding, MeasuredCell, RoundValue, Severity } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import type { CellTotals } from '../sums.ts'

export type Facts = Finding['facts']

/** What a kind of finding always says. */
export interface FindingKind {
  readonly severity: Severity
  /** `cell`: about single cells. `run`: about the run or an endpoint of it; it holds for every cell there. */
  readonly scope: 'cell' | 'run'
  /** What it says and what it does not, and the threshold with its origin; one to three sentences. */
  readonly meaning: string
  /** The sentence, with its numbers. */
  message(facts: Facts): string
  /** What to do. */
  readonly advice: string
}

type Words = Pick<FindingKind, 'meaning' | 'message' | 'advice'>
const graded = (severity: Severity) => (words: Words) => ({ severity, ...words })
export const note = graded('note')
export const suspect = graded('suspect')
export const invalid = graded('invalid')

export function kindsOf<Code extends string>(
  scope: FindingKind['scope'],
  kinds: Readonly<Record<Code, Omit<FindingKind, 'scope'>>>,
): Readonly<Record<Code, FindingKind>> {
  const entries = Object.entries<Omit<FindingKind, 'scope'>>(kinds).map(([code, kind]) => [code, { scope, ...kind }])
  return Object.fromEntries(entries) as Record<Code, FindingKind>
}

/** Makes findings of some kinds. */
export function findingOf<Code extends string>(kinds: Readonly<Record<Code, FindingKind>>) {
  return (code: Code, facts: Facts): Finding => {
    const { severity, message, advice } = kinds[code]
    return { code, severity, message: message(facts), advice, facts }
  }
}

/** `98.6 %` of a share from 0 to 1. */
export function percent(share: unknown, digits = 1): string {
  return `${(Number(share) * 100).toFixed(digits)} %`
}

/** `1.0123` */
export function fixed(value: unknown, digits: number): string {
  return Number(value).toFixed(digits)
}

/** `+1.2 %` of percent. */
export function signed(value: unknown, digits: number): string {
  return `${Number(value) > 0 ? '+' : ''}${fixed(value, digits)} %`
}

/** `0.0123`, `below 0.0001` */
export function probability(value: unknown): string {
  return Number(value) < 0.0001 ? 'below 0.0001' : fixed(value, 4)
}

/**
 * Thresholds that several checks share; those of one check stand beside it. "Seen", there and here, is in three default runs of a quiet
 * virtual machine with two CPUs (14, 16 and 20 rounds, 20 cells each), in which no suspect or invalid finding may show up. `share` is from
 * 0 to 1.
 */

/** Rounds that make an interval to be trusted; Student's t is honest with fewer, but wide and easily upset. */
export const TRUSTED_ROUNDS = 6
/** A difference up to this matters to no one: the margin of the ranks. */
export const MARGIN = 0.01
/** Of tests on several cells at once, after correction for their number. */
export const FAMILY_ALPHA = 0.05

/** A measured cell before it is judged. */
export type CellFigures = Omit<MeasuredCell, 'verdict' | 'findings' | 'rank' | 'apartFrom'>

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
  /** How much more an app costs in slices than without a break, over how much more the baseline does; null: unknown. */
  readonly overContinuous: MeasuredCell['ratio'] | null
  /** Half-width requested; null: none. */
  readonly precisionPercent: number | null
}

/** What a check has found; false and null: nothing. */
export type Found = Finding | false | null

/** One kind of check of one cell. */
export type CellCheck = (facts: CellFacts) => Found | readonly Found[]

/** One kind of check that has to see all cells, because it corrects for their number; what it finds of each cell, in their order. */
export type FamilyCheck = (cells: readonly CellFacts[]) => Found[]

/** ln of the ratio, by round. */
export function logRatiosOf(rounds: readonly Pick<RoundValue, 'ratio'>[]): number[] {
  return rounds.map(({ ratio }) => Math.log(ratio))
}
