import type { HeldAnswers } from '../load/driver.ts'
import type { BlockRecord, Slice } from '../measure/records.ts'
import type { Blocks } from '../result/model.ts'

/** What is added up of slices and, under the same names, of rounds; see `Slice`. */
const SUMMED = [
  'requests',
  'elapsedNs',
  'serverCpuNs',
  'userNs',
  'systemNs',
  'serverWaitNs',
  'loadWaitNs',
  'idleNs',
  'reconnects',
  'steadyRequests',
  'steadyNs',
] as const

export type SliceSums = Pick<Slice, (typeof SUMMED)[number]>

/** What the load generator has seen. */
const SEEN_BY_LOAD = ['reconnects', 'steadyRequests', 'steadyNs'] as const

/** What a cell lets its clients wait for without using any CPU. */
export interface SlowAnswers {
  /** In which at least one answer was slow. */
  readonly slices: number
  /** For how long, nanoseconds: all of them, and the longest. */
  readonly waitNs: number
  readonly longestNs: number
}

/** Sums over the slices of a cell that count, those of all copies, in one round or in all. */
export interface CellTotals extends SliceSums {
  /** With disturbed attempts: of these as well there are latencies, and an app that closes connections disturbs itself. */
  readonly loaded: Pick<SliceSums, (typeof SEEN_BY_LOAD)[number]>
  readonly slow: SlowAnswers
  readonly held: HeldAnswers
}

/** Of several rounds. */
export function cellTotals(rounds: readonly CellTotals[]): CellTotals {
  return {
    ...sliceSums(rounds),
    loaded: loadSums(rounds.map(({ loaded }) => loaded)),
    slow: sumOfSlow(rounds.map(({ slow }) => slow)),
    held: sumOfHeld(rounds.map(({ held }) => held)),
  }
}

export function sliceSums(parts: readonly SliceSums[]): SliceSums {
  return sumFields(parts, SUMMED)
}

export function loadSums(parts: readonly CellTotals['loaded'][]): CellTotals['loaded'] {
  return sumFields(parts, SEEN_BY_LOAD)
}

/** Sums of some fields; null where one of the parts does not know its own. */
export function sumFields<Part extends object, Name extends keyof Part>(
  parts: readonly Part[],
  names: readonly Name[],
): Pick<Part, Name> {
  const sum = (name: Name) =>
    (parts as readonly Record<Name, number | null>[]).reduce<number | null>((total, { [name]: own }) => {
      return total === null || own === null ? null : total + own
    }, 0)
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as Pick<Part, Name>
}

const NOTHING_HELD: HeldAnswers = { ns: 0, hastened: 0, released: 0 }

/** Of several slices or rounds; those of which nothing is known held nothing. */
export function sumOfHeld(parts: readonly (HeldAnswers | undefined)[]): HeldAnswers {
  return sumFields(
    parts.map((part = NOTHING_HELD) => part),
    ['ns', 'hastened', 'released'],
  )
}

export function sumOfSlow(parts: readonly SlowAnswers[]): SlowAnswers {
  return { ...sumFields(parts, ['slices', 'waitNs']), longestNs: Math.max(0, ...parts.map(({ longestNs }) => longestNs)) }
}

/** The blocks of one endpoint in one round. */
export interface EndpointBlocks extends Blocks {
  readonly endpoint: string
}

/** Counts the blocks of one round, endpoint by endpoint. */
export function countBlocks(records: readonly BlockRecord[]): EndpointBlocks[] {
  return [...Map.groupBy(records, ({ endpoint }) => endpoint)].map(([endpoint, own]) => {
    const thrownAway = own.flatMap(({ disturbances }) => disturbances)
    return {
      endpoint,
      planned: own.length,
      attempts: thrownAway.length + own.filter(({ kept }) => kept).length,
      disturbances: counted(thrownAway.map((code) => [code, 1])),
    }
  })
}

/** Sums of counts of several endpoints and rounds; null: nothing is known of any block. */
export function sumBlocks(all: readonly Blocks[]): Blocks | null {
  if (all.length === 0) return null
  const disturbances = counted(all.flatMap((one) => Object.entries(one.disturbances)))
  return { ...sumFields(all, ['planned', 'attempts']), disturbances }
}

function counted(entries: readonly [code: string, count: number][]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [code, count] of entries) counts[code] = (counts[code] ?? 0) + count
  return counts
}
