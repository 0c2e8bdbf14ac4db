import { fileURLToPath } from 'node:url'
import { Child, firstMessage } from '../../machine/child.ts'
import { RunError } from '../../result/errors.ts'
import { median } from '../../statistics/summary.ts'
import type { BurnMessage } from './burn-process.ts'
import type { PartContext } from './part.ts'

const SCRIPT = fileURLToPath(new URL('./burn-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 30_000
/** Turns for a first look at how long one takes: some 10 µs. */
export const FIRST_LOOK_TURNS = 1_000

/** CPU time of one call of `hello` with so many turns in front, nanoseconds, in a fresh process. */
export type BurnClock = (turns: number, order: ClockOrder) => Promise<number>

export interface ClockOrder {
  /** The servers' CPU; null: any. */
  readonly cpu: number | null
  /** Of one of the three windows of which the median is taken; the warm-up is as long as the three. */
  readonly milliseconds: number
}

/** Starts a child, lets it call, and ends it. @throws RunError when it does not say a word */
export const burnClock: BurnClock = async (turns, { cpu, milliseconds }) => {
  const child = new Child(SCRIPT, [String(turns), String(milliseconds)], cpu)
  const failed = (how: string) => new RunError('burn-process', `the process that measures known work ${how}`)
  const { callNs } = await firstMessage<BurnMessage>(child, LONGEST_MILLISECONDS, failed)
  await child.stop()
  return callNs
}

/** What one call takes with so many turns in front, nanoseconds, by turns; every entry is of a process of its own. */
export type BurnPass = ReadonlyMap<number, number>

/** Times every number of turns once, in a process of its own on the servers' CPU; null when interrupted. */
export async function burnPass(
  { signal, progress, placement }: Pick<PartContext, 'signal' | 'progress' | 'placement'>,
  clock: BurnClock,
  turns: readonly number[],
  milliseconds: number,
): Promise<BurnPass | null> {
  const pass = new Map<number, number>()
  for (const [index, count] of turns.entries()) {
    if (signal.aborted) return null
    progress(`timing known work, ${index + 1} of ${turns.length}`)
    pass.set(count, await clock(count, { cpu: placement.serverCpu, milliseconds }))
  }
  return pass
}

/**
 * The time of a turn: what the largest number of turns adds to a call, by these turns; a call has the smallest part in it. One value per
 * pass, and their median.
 * @throws RangeError when there is no pass
 */
export function burnTimes(passes: readonly BurnPass[]): { nanosecondsPerTurn: number; perProcess: number[] } {
  const perProcess = passes.map((pass) => {
    const most = Math.max(...pass.keys())
    return addedNs(pass, most) / most
  })
  return { nanosecondsPerTurn: median(perProcess), perProcess }
}

/** A requested work, and the turns that come nearest to it. */
export interface KnownWork {
  readonly microseconds: number
  readonly turns: number
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
