import type { Blocks, Estimate, Finding, IdenticalControl, Verdict } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import { answersKinds, checkEnvironment, checkOpenLoop, checkReconnects, checkSlowAnswers } from './answers.ts'
import { type Conditions, checkConditions, checkEnding, conditionsKinds, type Ending } from './conditions.ts'
import { checkCounters, checkLittlesLaw, countsKinds } from './counts.ts'
import { type CellCheck, type CellFacts, type Facts, type FamilyCheck, type FindingKind, findingOf } from './finding.ts'
import { checkLanesAgree, laneKinds } from './lanes.ts'
import { checkDisturbedBlocks, checkIdentical, checkNoise, checkPosition, machineKinds, type NoiseShares } from './machine.ts'
import { checkMachineSpeed, checkTrends, checkTwoKinds, overRoundsKinds } from './over-rounds.ts'
import { checkBeyondTypical, checkOutsideWork, checkOwnWork, crowdingKinds, ownWorkKinds } from './own-work.ts'
import { checkFloor, checkPlausible, plausibleKinds } from './plausible.ts'
import * as rounds from './rounds.ts'
import { checkSaturation, saturationKinds } from './saturation.ts'

/** Every kind of finding there is; kind, threshold and check stand together. Verdicts follow from these severities alone. */
export const findingKinds = {
  ...saturationKinds,
  ...countsKinds,
  ...answersKinds,
  ...rounds.roundsKinds,
  ...ownWorkKinds,
  ...crowdingKinds,
  ...plausibleKinds,
  ...overRoundsKinds,
  ...laneKinds,
  ...machineKinds,
  ...conditionsKinds,
} as const satisfies Record<string, FindingKind>

export type FindingCode = keyof typeof findingKinds

/** A finding of a registered kind. */
export const finding: (code: FindingCode, facts: Facts) => Finding = findingOf(findingKinds)

const cellChecks: readonly CellCheck[] = [
  rounds.checkRounds,
  rounds.checkPrecision,
  rounds.checkBlocksKept,
  checkSaturation,
  checkReconnects,
  checkSlowAnswers,
  checkLittlesLaw,
  checkOpenLoop,
  checkCounters,
  rounds.checkWarm,
  rounds.checkCompiled,
  rounds.checkBursts,
  rounds.checkRoundOutliers,
  rounds.checkSkew,
  checkBeyondTypical,
  checkOwnWork,
  checkPlausible,
]

/** Findings of one measured cell that can be made without looking at others. */
export function checkCell(facts: CellFacts): Finding[] {
  return cellChecks.flatMap((check) => check(facts)).flatMap((found) => found || [])
}

/** Findings that need all cells, because they correct for their number or compare them; in the order of the cells. */
export function checkFamily(cells: readonly CellFacts[], baseline: string): Finding[][] {
  const others = cells.filter(({ isBaseline }) => !isBaseline)
  // Only what has no framework in it is a floor, and only for what stands on it.
  const isFloor = !cells.some((cell) => cell.isBaseline && (!cell.isPlain || cell.package !== null))
  const plain = others.filter(({ isPlain }) => isPlain && isFloor)
  const look = (group: readonly CellFacts[], check: FamilyCheck) =>
    check(group).map((found, index) => [group[index]!, found] as const)
  const all = [
    ...look(others, checkTrends),
    ...look(others, checkLanesAgree),
    ...[...Map.groupBy(plain, ({ figures }) => figures.endpoint).values()].flatMap((apps) =>
      look(apps, () => checkFloor(apps, baseline)),
    ),
    ...look(cells, checkMachineSpeed),
    ...look(cells, checkTwoKinds),
  ]
  return cells.map((cell) => all.flatMap(([of, found]) => (of === cell && found) || []))
}

/** What the checks of the whole run look at. */
export interface JudgedRun extends Conditions, Ending, NoiseShares {
  readonly outsideWork: readonly OutsideWork[]
  /** null: unknown. */
  readonly blocks: Blocks | null
  /** Cost of the last place of a block over the first; null: unknown. */
  readonly lastOverFirst: Estimate | null
}

/** Findings of the whole run: they hold for every cell. */
export function checkRun(facts: JudgedRun): Finding[] {
  return [
    ...checkConditions(facts),
    ...checkNoise(facts),
    checkDisturbedBlocks(facts.blocks),
    checkPosition(facts.lastOverFirst),
    ...checkOutsideWork(facts.outsideWork),
    checkEnding(facts),
  ].flatMap((found) => found || [])
}

/** What cells are judged by beside their own numbers. */
export interface Judgement {
  readonly baseline: string
  readonly identical: readonly Pick<IdenticalControl, 'endpoint' | 'ratio'>[]
  /** By app: what differs from the baseline's environment. */
  readonly unequal: ReadonlyMap<string, readonly string[]>
  /** Of the whole run; they hold for every cell. */
  readonly run: readonly Finding[]
}

/** What the copies mean for a cell: they are processes, so what treats them differently on one endpoint may do so on any. */
export function checkCopies({ figures, isBaseline }: CellFacts, identical: Judgement['identical']): Finding[] {
  return identical.flatMap(({ endpoint, ratio }) => checkIdentical(endpoint, ratio, isBaseline ? null : figures.ratio))
}

/** All findings of every cell: its own, those that compare cells, those of its app, its endpoint and the run; in the order of the cells. */
export function judgeCells(cells: readonly CellFacts[], { baseline, identical, unequal, run }: Judgement): Finding[][] {
  const family = checkFamily(cells, baseline)
  return cells.map((cell, index) => {
    const { app } = cell.figures
    return [
      ...checkCell(cell),
      ...family[index]!,
      ...checkEnvironment(unequal.get(app) ?? []),
      ...checkCopies(cell, identical),
      ...run,
    ]
  })
}

/** The verdict that follows from findings: the worst severity; a note changes nothing. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return worstVerdict(findings.map(({ severity }) => (severity === 'note' ? 'valid' : severity)))
}

/** The worst of several verdicts; valid for none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid'
  return verdicts.includes('suspect') ? 'suspect' : 'valid'
}
