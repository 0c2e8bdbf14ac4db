import { costNs, type Slice } from '../measure/sample.ts'
import { sumFields } from './sums.ts'

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

/** Slices that ended with an answer nobody was working on; those of which that cannot be known are not among them. */
export function slowAnswers(slices: readonly Slice[], connections: number): SlowAnswers {
  const waits = slices.flatMap((slice) => waitForAnswerNs(slice, connections) ?? []).filter((waitNs) => waitNs > SLOW_ANSWER_NS)
  return sumOfSlow(waits.map((waitNs) => ({ slices: 1, waitNs, longestNs: waitNs })))
}

export function sumOfSlow(parts: readonly SlowAnswers[]): SlowAnswers {
  return { ...sumFields(parts, ['slices', 'waitNs']), longestNs: Math.max(0, ...parts.map(({ longestNs }) => longestNs)) }
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
