import type { Finding } from '../result.ts'
import { checkBeyondTypical } from './cell/beyond-typical.ts'
import { checkBlocksKept } from './cell/blocks-kept.ts'
import { checkCounters } from './cell/counters.ts'
import { checkPlausible } from './cell/implausible.ts'
import { checkLittlesLaw } from './cell/littles-law.ts'
import { checkOpenLoop } from './cell/open-loop.ts'
import { checkOwnWork } from './cell/own-work.ts'
import { checkReconnects } from './cell/reconnects.ts'
import { checkRoundOutliers } from './cell/round-outlier.ts'
import { checkPrecision, checkRounds } from './cell/rounds.ts'
import { checkSaturation } from './cell/saturation.ts'
import { checkSkew } from './cell/skewed-rounds.ts'
import { checkSlowAnswers } from './cell/slow-answers.ts'
import { checkCompiled } from './cell/still-compiling.ts'
import { checkWarm } from './cell/still-warming.ts'
import type { CellCheck, CellFacts } from './cell-facts.ts'

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
