import type { HeldAnswers } from '../load/driver.ts'
import type { Slice } from '../measure/sample.ts'

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

export type LoadSums = Pick<SliceSums, (typeof SEEN_BY_LOAD)[number]>

export function sliceSums(parts: readonly SliceSums[]): SliceSums {
  return sumFields(parts, SUMMED)
}

export function loadSums(parts: readonly LoadSums[]): LoadSums {
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
