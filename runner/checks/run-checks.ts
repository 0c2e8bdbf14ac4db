import type { OutsideWork } from '../analysis/all-in.ts'
import type { Blocks, Estimate, Finding } from '../result.ts'
import { type Conditions, checkConditions, checkEnding, type Ending } from './run/conditions.ts'
import { checkDisturbedBlocks } from './run/disturbed-blocks.ts'
import { checkNoise, type NoiseShares } from './run/noise.ts'
import { checkPosition } from './run/position-effect.ts'
import { checkOutsideWork } from './run/works-between-slices.ts'

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
