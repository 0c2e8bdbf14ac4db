import { total } from '../../statistics/summary.ts'
import { type Procedure, SHORT_SECONDS } from './procedures.ts'
import { unitShare } from './repetitions.ts'

/** Repetitions of every procedure when there is time: of a short length, and of a long one. */
const REPETITIONS = { short: 4, long: 3 }
/** Fewer have no spread. */
const LEAST_REPETITIONS = 2

/** Repetitions of one length. */
export interface Length {
  /** Of one repetition. */
  readonly seconds: number
  readonly procedures: readonly Procedure[]
  /** Its part of the time of all lengths, 0 to 1. */
  readonly share: number
}

/**
 * The lengths there is time for, from the shortest on; each gets so much of the time as its full number of repetitions takes. A longer one
 * is left out unless two of every procedure fit; the shortest one shrinks instead.
 * @param wanted seconds, ascending
 */
export function lengthsThatFit(wanted: readonly number[], procedures: readonly Procedure[], milliseconds: number): Length[] {
  const all = wanted.map((seconds) => {
    const isShort = seconds <= SHORT_SECONDS
    const own = procedures.filter(({ shortOnly = false }) => isShort || !shortOnly)
    const turnMilliseconds = own.length * seconds * 1000
    return {
      seconds,
      procedures: own,
      turnMilliseconds,
      fullMilliseconds: turnMilliseconds * REPETITIONS[isShort ? 'short' : 'long'],
    }
  })
  for (; ; all.pop()) {
    const fullMilliseconds = total(all, (length) => length.fullMilliseconds)
    const lengths = all.map((length) => {
      const share = length.fullMilliseconds / fullMilliseconds
      const shrinking = unitShare(share * milliseconds, length.turnMilliseconds, LEAST_REPETITIONS)
      return { seconds: length.seconds * shrinking, procedures: length.procedures, share, fits: shrinking === 1 }
    })
    if (lengths.length === 1 || lengths.at(-1)!.fits) return lengths
  }
}
