import { median } from '../../statistics/summary.ts'

/** What one call takes with so many turns in front, nanoseconds, by turns; every entry is of a process of its own. */
export type BurnPass = ReadonlyMap<number, number>

/** A requested work, and the turns that come nearest to it. */
export interface KnownWork {
  readonly microseconds: number
  readonly turns: number
}

/** What several passes come to: medians over them. */
export interface BurnTimes {
  readonly nanosecondsPerTurn: number
  /** One value per pass. */
  readonly perProcess: number[]
}

/**
 * The time of a turn: what the largest number of turns adds to a call, by these turns; a call has the smallest part in it.
 * @throws RangeError when there is no pass
 */
export function burnTimes(passes: readonly BurnPass[]): BurnTimes {
  const perProcess = passes.map((pass) => {
    const most = Math.max(...pass.keys())
    return addedNs(pass, most) / most
  })
  return { nanosecondsPerTurn: median(perProcess), perProcess }
}

/** Turns that come nearest to works given in microseconds. */
export function knownWorks(microseconds: readonly number[], nanosecondsPerTurn: number): KnownWork[] {
  return microseconds.map((work) => ({ microseconds: work, turns: Math.round((work * 1000) / nanosecondsPerTurn) }))
}

/**
 * How far a work is from what it should be, by the median of the passes: the largest of all works, as a share. Small when the time of
 * ten turns is ten times that of one, and when the machine did not change since the turns were chosen.
 */
export function largestDeviation(works: readonly KnownWork[], passes: readonly BurnPass[]): number {
  const deviations = works
    .filter(({ turns }) => turns > 0)
    .map(({ microseconds, turns }) => median(passes.map((pass) => addedNs(pass, turns))) / (microseconds * 1000) - 1)
  return deviations.reduce((largest, one) => (Math.abs(one) > Math.abs(largest) ? one : largest), 0)
}

/** What turns add to a call that burns nothing. */
function addedNs(pass: BurnPass, turns: number): number {
  const [call, empty] = [pass.get(turns), pass.get(0)]
  if (call === undefined || empty === undefined) throw new RangeError(`a pass without ${call === undefined ? turns : 0} turns`)
  return call - empty
}
