import type { Blocks, Estimate, Finding, IdenticalControl, Verdict } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import { checkEnvironment, checkOpenLoop, checkReconnects, checkSlowAnswers } from './answers.ts'
import { type Conditions, checkConditions, checkEnding, type Ending } from './conditions.ts'
import { checkCounters, checkLittlesLaw } from './counts.ts'
import { type CellCheck, type CellFacts, type FamilyCheck, isFinding } from './finding.ts'
import { checkDisturbedBlocks, checkIdentical, checkNoise, checkPosition, type NoiseShares } from './machine.ts'
import { checkMachineSpeed, checkTrends, checkTwoKinds } from './over-rounds.ts'
import { checkBeyondTypical, checkOutsideWork, checkOwnWork } from './own-work.ts'
import { checkFloor, checkPlausible } from './plausible.ts'
import {
  checkBlocksKept,
  checkCompiled,
  checkPrecision,
  checkRoundOutliers,
  checkRounds,
  checkSkew,
  checkWarm,
} from './rounds.ts'
import { checkSaturation } from './saturation.ts'

const cellChecks: readonly CellCheck[] = [
  checkRounds,
  checkPrecision,
  checkBlocksKept,
  checkSaturation,
  checkReconnects,
  checkSlowAnswers,
  checkLittlesLaw,
  checkOpenLoop,
  checkCounters,
  checkWarm,
  checkCompiled,
  checkRoundOutliers,
  checkSkew,
  checkBeyondTypical,
  checkOwnWork,
  checkPlausible,
]

/** Findings of one measured cell that can be made without looking at others. */
export function checkCell(facts: CellFacts): Finding[] {
  return cellChecks.flatMap((check) => check(facts)).filter(isFinding)
}

/** Findings that need all cells, because they correct for their number or compare them; in the order of the cells. */
export function checkFamily(cells: readonly CellFacts[], baseline: string): Finding[][] {
  const found = new Map<CellFacts, Finding[]>(cells.map((cell) => [cell, []]))
  const look = (group: readonly CellFacts[], check: FamilyCheck) => {
    for (const [index, one] of check(group).entries()) if (isFinding(one)) found.get(group[index]!)!.push(one)
  }
  const others = cells.filter(({ isBaseline }) => !isBaseline)
  look(others, checkTrends)
  const plain = others.filter(({ isPlain }) => isPlain)
  for (const group of Map.groupBy(plain, ({ figures }) => figures.endpoint).values()) {
    look(group, (apps) => checkFloor(apps, baseline))
  }
  look(cells, checkMachineSpeed)
  look(cells, checkTwoKinds)
  return [...found.values()]
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
  ].filter(isFinding)
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

/** All findings of every cell: its own, those that compare cells, those of its app, its endpoint and the run; in the order of the cells. */
export function judgeCells(cells: readonly CellFacts[], { baseline, identical, unequal, run }: Judgement): Finding[][] {
  const family = checkFamily(cells, baseline)
  return cells.map((cell, index) => {
    const { app, endpoint } = cell.figures
    return [
      ...checkCell(cell),
      ...family[index]!,
      ...checkEnvironment(unequal.get(app) ?? []),
      ...identical.filter((control) => control.endpoint === endpoint).flatMap(({ ratio }) => checkIdentical(endpoint, ratio)),
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
