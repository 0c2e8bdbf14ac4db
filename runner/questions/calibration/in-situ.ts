import type { Slice } from '../../measure/sample.ts'
import { mean } from '../../statistics/summary.ts'
import type { BurnSample } from './burn-sample-files.ts'

/** How long the work of one app took in one round, in the very process and at the very moments that were measured. */
export interface RoundTiming {
  readonly round: number
  /** With what a look at the clock takes. */
  readonly meanNs: number
  readonly samples: number
  /** Samples that were not taken into the mean. */
  readonly leftOut: number
  /** What a whole request took, work and all the rest, by block, nanoseconds on the wall. */
  readonly requestNs: ReadonlyMap<number, number>
}

/**
 * A call of 10 µs that took this long was not working all the time: its process had lost the CPU, or the host its turn. That is time on
 * the wall, not CPU time of the server. What interrupts a server and is counted as its CPU time (timer, calls from the other CPU) takes
 * 10 to 100 µs. One limit for every work, far from all of them. It cannot make the suite look better: it never sees what the suite has
 * found, and it only makes the truth smaller, while planted work has come back larger than the truth so far.
 */
export const LOST_CPU_NS = 1e6
/** Fewer samples span too little of a slice to stand for all of it. */
const FEWEST_SAMPLES = 4

/**
 * The mean, because the kernel's account has the interruptions in it as well. Of samples that began while a slice that counts was open,
 * hence neither of the warm-up nor of disturbed blocks: `Slice.startedNs` and the samples have to be on the same clock.
 * @param slices of the app's deployment
 * @returns null without a sample
 */
export function timingOf(round: number, samples: readonly BurnSample[], slices: readonly Slice[]): RoundTiming | null {
  const counting = slices.filter(({ disturbance }) => disturbance === null)
  const bySlice = counting.map((slice) => ({ slice, inside: samples.filter((sample) => beganIn(slice, sample)) }))
  const measured = bySlice.flatMap(({ inside }) => inside.map(({ tookNs }) => tookNs))
  const kept = measured.filter((tookNs) => tookNs <= LOST_CPU_NS)
  if (kept.length === 0) return null
  const timed = bySlice.filter(({ inside }) => inside.length >= FEWEST_SAMPLES)
  const requestNs = new Map(timed.map(({ slice, inside }) => [slice.block, meanRequestNs(inside)]))
  return { round, meanNs: mean(kept), samples: kept.length, leftOut: measured.length - kept.length, requestNs }
}

/**
 * From the first sample in a slice to the last, by the number of requests in between: a server under load does one after the other and
 * hardly waits, so this is what a request takes with all that its work does to the rest of it.
 * @param inside samples of one slice, two or more
 */
function meanRequestNs(inside: readonly BurnSample[]): number {
  const [first, last] = [inside[0]!, inside.at(-1)!]
  return (last.startedNs - first.startedNs) / (last.call - first.call)
}

/** The load begins a moment after a slice does, and what it asks for last may be left out: no matter for a mean. */
function beganIn(slice: Slice, sample: BurnSample): boolean {
  return slice.startedNs <= sample.startedNs && sample.startedNs <= slice.startedNs + slice.elapsedNs
}
