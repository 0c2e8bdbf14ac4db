import { cost } from './cost.ts'
import { identical } from './identical.ts'
import { invariance } from './invariance.ts'
import { kinds } from './kinds.ts'
import { loadGenerators } from './load-generators.ts'
import { outside } from './outside.ts'
import type { AnyPart } from './part.ts'
import { planted } from './planted.ts'
import { today } from './today.ts'
import { warmUp } from './warm-up.ts'

/** Every part of the calibration, in the order of the page. */
export const calibrationParts: readonly AnyPart[] = [
  outside,
  identical,
  planted,
  kinds,
  today,
  invariance,
  cost,
  warmUp,
  loadGenerators,
]
