import { RunError } from '../../result/errors.ts'
import { mean } from '../../statistics/summary.ts'
import type { PartContext } from './part-context.ts'

/** What was repeated, and how it ended. */
export interface Repetitions<Unit> {
  readonly finished: readonly Unit[]
  readonly cutShort: boolean
  /** Why it could not go on. */
  readonly problem: RunError | null
}

export interface RepetitionRule {
  /** How long one unit takes, for as long as none has been seen. */
  readonly guessMilliseconds: number
  /** Not more than these; absent: as many as fit. */
  readonly most?: number
  /** A unit that fails is left out, unless so many fail in a row: that ends the part. Absent: the first one does. */
  readonly failuresInARow?: number
}

/**
 * Repeats a unit until the time of the part is up. The first one is always started; a later one only if the mean length of those
 * finished before fits into what is left. A unit that returns null was interrupted and does not count.
 * @throws RunError when units fail and nothing was finished before
 */
export async function repeatUnit<Unit>(
  context: Pick<PartContext, 'milliseconds' | 'signal' | 'now' | 'remark'>,
  { guessMilliseconds, most = Number.POSITIVE_INFINITY, failuresInARow = 1 }: RepetitionRule,
  unit: (turn: number) => Promise<Unit | null>,
): Promise<Repetitions<Unit>> {
  const { signal, milliseconds, now } = context
  const endNs = now() + milliseconds * 1e6
  const finished: Unit[] = []
  const lengthsNs: number[] = []
  let failures = 0
  let failure: RunError | null = null
  for (let turn = 0; turn < most; turn++) {
    if (signal.aborted) return { finished, cutShort: true, problem: null }
    const beganNs = now()
    const expectedNs = lengthsNs.length > 0 ? mean(lengthsNs) : guessMilliseconds * 1e6
    if (turn > 0 && endNs - beganNs < expectedNs) break
    try {
      const done = await unit(turn)
      failures = 0
      if (done === null) continue
      finished.push(done)
      lengthsNs.push(now() - beganNs)
    } catch (error) {
      if (!(error instanceof RunError)) throw error
      failure = error
      if (++failures >= failuresInARow) {
        if (finished.length === 0) throw error
        return { finished, cutShort: true, problem: error }
      }
      context.remark(`repetition ${turn + 1} failed and is left out: ${error.message}`)
    }
  }
  if (finished.length === 0 && failure !== null) throw failure
  return { finished, cutShort: signal.aborted, problem: null }
}

/**
 * The share of its full size that a unit has to shrink to, so that at least so many fit into the time; 1 where there is time enough.
 * Tests and hurried people calibrate with smaller units instead of none.
 */
export function unitShare(milliseconds: number, fullMilliseconds: number, units = 2): number {
  return Math.min(1, milliseconds / (units * fullMilliseconds))
}

/** A size of a unit, shrunk by `unitShare` to a whole number, but not below what still makes sense. */
export function shrunk(full: number, share: number, least: number): number {
  return Math.max(least, Math.round(full * share))
}
