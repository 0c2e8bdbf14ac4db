import type { HeldAnswers } from '../load/driver.ts'
import type { BlockRecord, Slice } from '../measure/records.ts'
import type { Blocks } from '../result/model.ts'

/** What the load generator has seen. */
export const SEEN_BY_LOAD = ['reconnects', 'steadyRequests', 'steadyNs'] as const
const CPU_TIMES = ['serverCpuNs', 'userNs', 'systemNs', 'serverWaitNs', 'loadWaitNs', 'idleNs'] as const
/** What is added up of slices and, under the same names, of rounds; see `Slice`. */
export const SUMMED = ['requests', 'elapsedNs', ...CPU_TIMES, ...SEEN_BY_LOAD] as const

/** What a cell lets its clients wait for without using any CPU. */
export interface SlowAnswers {
  /** In which at least one answer was slow. */
  readonly slices: number
  /** For how long, nanoseconds: all of them, and the longest. */
  readonly waitNs: number
  readonly longestNs: number
}

/** Sums over the slices of a cell that count, those of all copies, in one round or in all. */
export interface CellTotals extends Pick<Slice, (typeof SUMMED)[number]> {
  /** With disturbed attempts: of these as well there are latencies, and an app that closes connections disturbs itself. */
  readonly loaded: Pick<Slice, (typeof SEEN_BY_LOAD)[number]>
  readonly slow: SlowAnswers
  readonly held: HeldAnswers
}

/** Of several rounds. */
export function cellTotals(rounds: readonly CellTotals[]): CellTotals {
  return {
    ...sumFields(rounds, SUMMED),
    loaded: sumFields(
      rounds.map(({ loaded }) => loaded),
      SEEN_BY_LOAD,
    ),
    slow: sumOfSlow(rounds.map(({ slow }) => slow)),
    held: sumOfHeld(rounds.map(({ held }) => held)),
  }
}

/** Sums of some fields; null where one of the parts does not know its own. */
export function sumFields<Part extends object, Name extends keyof Part>(
  parts: readonly Part[],
  names: readonly Name[],
): Pick<Part, Name> {
  const add = (sum: number | null, own: number | null) => (sum === null || own === null ? null : sum + own)
  const sums = names.map((name) => [name, parts.map((part) => part[name] as number | null).reduce(add, 0)])
  return Object.fromEntries(sums) as Pick<Part, Name>
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

/** How blocks came about; null: nothing is known of any. */
export function sumBlocks(records: readonly BlockRecord[]): Blocks | null {
  if (records.length === 0) return null
  const thrownAway = records.flatMap(({ disturbances }) => disturbances)
  const byCode = [...Map.groupBy(thrownAway, (code) => code)].map(([code, { length }]) => [code, length])
  const kept = records.filter((record) => record.kept).length
  return { planned: records.length, attempts: thrownAway.length + kept, disturbances: Object.fromEntries(byCode) }
}
