import type { CalibrationPart, PartId } from './data.ts'
import type { MeasurePart } from './part-context.ts'

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
 * it, and making pages takes memory. What measures a part is loaded with it: the names alone are needed by `--help`.
 */
export const calibrationParts: readonly AnyPart[] = [
  {
    id: 'cost',
    title: 'what the suite costs',
    share: 0.03,
    measure: async (context) => (await import('./cost.ts')).measureCost(context),
  },
  {
    id: 'outside',
    title: 'servers started by hand',
    share: 0.2,
    measure: async (context) => (await import('./outside.ts')).measureOutside(context),
  },
  {
    id: 'warm-up',
    title: 'warm-up',
    share: 0.05,
    measure: async (context) => (await import('./warm-up.ts')).measureWarmUp(context),
  },
  {
    id: 'identical',
    title: 'identical servers',
    share: 0.17,
    measure: async (context) => (await import('./identical.ts')).measureIdentical(context),
  },
  {
    id: 'planted',
    title: 'known work',
    share: 0.13,
    measure: async (context) => (await import('./planted.ts')).measurePlanted(context),
  },
  {
    id: 'kinds',
    title: 'work that is done later, rarely or elsewhere',
    share: 0.15,
    measure: async (context) => (await import('./kinds.ts')).measureKinds(context),
  },
  {
    id: 'invariance',
    title: 'other circumstances',
    share: 0.12,
    measure: async (context) => (await import('./invariance.ts')).measureInvariance(context),
  },
  {
    id: 'today',
    title: 'what people do today',
    share: 0.15,
    measure: async (context) => (await import('./today.ts')).measureToday(context),
  },
]
