import type { Blocks, Estimate, Finding, IdenticalControl, Verdict } from '../../result/model.ts'
import type { OutsideWork } from '../all-in.ts'
import { checkEnvironment, checkReconnects, checkSlowAnswers } from './answers.ts'
import type { CellCheck, CellFacts } from './cell-facts.ts'
import { type Conditions, checkConditions, checkEnding, type Ending } from './conditions.ts'
import { checkCounters, checkLittlesLaw } from './counts.ts'
import { checkCompiled, checkWarm } from './drift.ts'
import { checkIdentical } from './identical.ts'
import { checkDisturbedBlocks, checkNoise, checkPosition, type NoiseShares } from './machine.ts'
import { checkOpenLoop } from './open-loop.ts'
import { checkMachineSpeed, checkTrends } from './over-rounds.ts'
import { checkBeyondTypical, checkOutsideWork, checkOwnWork } from './own-work.ts'
import { checkFloor, checkPlausible } from './plausible.ts'
import { checkBlocksKept, checkPrecision, checkRoundOutliers, checkRounds, checkSkew } from './rounds.ts'
import { checkSaturation } from './saturation.ts'
import { checkTwoKinds } from './two-kinds.ts'

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
  return cellChecks.flatMap((check) => check(facts))
}

/** Findings that need all cells, because they correct for their number or compare them; in the order of the cells. */
export function checkFamily(cells: readonly CellFacts[], baseline: string): Finding[][] {
  const found = new Map<CellFacts, Finding[]>(cells.map((cell) => [cell, []]))
  const add = (group: readonly CellFacts[], findings: readonly Finding[][]) =>
    group.forEach((cell, index) => void found.get(cell)!.push(...findings[index]!))
  const others = cells.filter(({ isBaseline }) => !isBaseline)
  add(others, checkTrends(others))
  const plain = others.filter(({ isPlain }) => isPlain)
  for (const group of Map.groupBy(plain, ({ figures }) => figures.endpoint).values()) add(group, checkFloor(group, baseline))
  add(cells, checkMachineSpeed(cells))
  add(cells, checkTwoKinds(cells))
  return [...found.values()]
}

/** What the checks of the whole run look at. */
export interface RunFacts extends Conditions, Ending, NoiseShares {
  readonly outsideWork: readonly OutsideWork[]
  /** null: unknown. */
  readonly blocks: Blocks | null
  /** Cost of the last place of a block over the first; null: unknown. */
  readonly lastOverFirst: Estimate | null
}

/** Findings of the whole run: they hold for every cell. */
export function checkRun(facts: RunFacts): Finding[] {
  return [
    ...checkConditions(facts),
    ...checkNoise(facts),
    ...checkDisturbedBlocks(facts.blocks),
    ...checkPosition(facts.lastOverFirst),
    ...checkOutsideWork(facts.outsideWork),
    ...checkEnding(facts),
  ]
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
  if (findings.some(({ severity }) => severity === 'invalid')) return 'invalid'
  return findings.some(({ severity }) => severity === 'suspect') ? 'suspect' : 'valid'
}

/** The worst of several verdicts; valid for none. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid'
  return verdicts.includes('suspect') ? 'suspect' : 'valid'
}
