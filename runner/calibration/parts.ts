import { measureCost } from './cost.ts'
import type { CalibrationPart, PartId } from './data.ts'
import { measureIdentical } from './identical.ts'
import { measureInvariance } from './invariance.ts'
import type { MeasurePart } from './part-context.ts'
import { measurePlanted } from './planted.ts'
import { measureToday } from './today.ts'
import { measureWarmUp } from './warm-up.ts'

/** One part of the calibration. */
export interface PartEntry<Id extends PartId = PartId> {
  readonly id: Id
  /** For the progress line. */
  readonly title: string
  /** Of the time of a whole calibration, 0 to 1. */
  readonly share: number
  readonly measure: MeasurePart<Extract<CalibrationPart, { part: Id }>>
}

/** Any of them, each with the data that belong to it. */
export type AnyPart = { [Id in PartId]: PartEntry<Id> }[PartId]

/**
 * The registry: every part, in the order of measuring. The suite's own cost comes first, because the memory of the runner is a part of
 * it, and making pages takes memory.
 */
export const calibrationParts: readonly AnyPart[] = [
  { id: 'cost', title: 'what the suite costs', share: 0.03, measure: measureCost },
  { id: 'warm-up', title: 'warm-up', share: 0.05, measure: measureWarmUp },
  { id: 'identical', title: 'identical servers', share: 0.25, measure: measureIdentical },
  { id: 'planted', title: 'known work', share: 0.2, measure: measurePlanted },
  { id: 'invariance', title: 'other circumstances', share: 0.2, measure: measureInvariance },
  { id: 'today', title: 'what people do today', share: 0.27, measure: measureToday },
]
