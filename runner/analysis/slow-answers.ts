import type { HeldAnswers } from '../load/driver.ts'
import { costNs, type Slice } from '../measure/sample.ts'

/**
 * An answer that comes so much later than it must, nanoseconds, is slow. Longer than anything that was seen of the suite's apps: 4.8 ms in
 * 1,890 slices on a machine with a load of 15, half of which ended more than 10 ms late.
 */
export const SLOW_ANSWER_NS = 10e6

/** What a cell lets its clients wait for without using any CPU. */
export interface SlowAnswers {
  /** In which at least one answer was slow. */
  readonly slices: number
  /** For how long, nanoseconds: all of them, and the longest. */
  readonly waitNs: number
  readonly longestNs: number
}

export const NOTHING_SLOW: SlowAnswers = { slices: 0, waitNs: 0, longestNs: 0 }

/** Slices that ended with an answer nobody was working on; those of which that cannot be known are not among them. */
export function slowAnswers(slices: readonly Slice[], connections: number): SlowAnswers {
  return sumOfSlow(
    slices
      .map((slice) => waitForAnswerNs(slice, connections))
      .filter((waitNs) => waitNs !== null && waitNs > SLOW_ANSWER_NS)
      .map((waitNs) => ({ slices: 1, waitNs: waitNs!, longestNs: waitNs! })),
  )
}

export function sumOfSlow(parts: readonly SlowAnswers[]): SlowAnswers {
  return parts.reduce(
    (sum, { slices, waitNs, longestNs }) => ({
      slices: sum.slices + slices,
      waitNs: sum.waitNs + waitNs,
      longestNs: Math.max(sum.longestNs, longestNs),
    }),
    NOTHING_SLOW,
  )
}

/**
 * For how long the last answers of a slice were owed while server and load generator neither worked nor waited for their CPUs. With the
 * gate closed nothing else is left to wait for than what the app itself waits for. null: the waits for the CPUs are not known.
 */
function waitForAnswerNs(slice: Slice, connections: number): number | null {
  const { drainNs, elapsedNs, serverCpuNs, serverRunDelayNs, serverWaitNs, loadWaitNs } = slice
  if (serverWaitNs === null || loadWaitNs === null) return null
  // One turn of all connections is what it takes to answer what is in flight.
  const lateNs = drainNs - connections * costNs(slice)
  // The wait of any of its threads: what is not certain is not held against an app.
  return Math.min(lateNs, elapsedNs - serverCpuNs - Math.max(serverRunDelayNs, serverWaitNs) - loadWaitNs)
}

export const NOTHING_HELD: HeldAnswers = { ns: 0, hastened: 0, released: 0 }

/** Of several slices or rounds; those of which nothing is known held nothing. */
export function sumOfHeld(parts: readonly (HeldAnswers | undefined)[]): HeldAnswers {
  return parts.reduce<HeldAnswers>(
    (sum, part = NOTHING_HELD) => ({
      ns: sum.ns + part.ns,
      hastened: sum.hastened + part.hastened,
      released: sum.released + part.released,
    }),
    NOTHING_HELD,
  )
}
