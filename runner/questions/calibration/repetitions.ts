import { RunError } from '../../result/errors.ts'
import type { Random } from '../../statistics/random.ts'
import { mean } from '../../statistics/summary.ts'
import type { CalibrationPart } from './data.ts'
import type { PartContext, PartOutcome } from './part.ts'

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

type Time = Pick<PartContext, 'milliseconds' | 'signal' | 'now' | 'remark'>

/**
 * Repeats a unit until the time of the part is up. The first one is always started; a later one only if the mean length of those
 * finished before fits into what is left. A unit that returns null was interrupted and does not count.
 * @throws RunError when units fail and nothing was finished before
 */
export async function repeatUnit<Unit>(
  { signal, milliseconds, now, remark }: Time,
  { guessMilliseconds, most = Number.POSITIVE_INFINITY, failuresInARow = 1 }: RepetitionRule,
  unit: (turn: number) => Promise<Unit | null>,
): Promise<Repetitions<Unit>> {
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
      remark(`repetition ${turn + 1} failed and is left out: ${error.message}`)
    }
  }
  if (finished.length === 0 && failure !== null) throw failure
  return { finished, cutShort: signal.aborted, problem: null }
}

/** A member that fails so often in a row will not do better later. */
const FAILURES_IN_A_ROW = 2

/** One finished repetition of one member. */
export interface Turn<Member, Done> {
  readonly member: Member
  readonly done: Done
}

export interface TurnRule {
  readonly guessMilliseconds: number
  readonly random: Random
}

/**
 * Repeats all members in turns until the time of the part is up: every member once a turn, in a new random order each time, so that the
 * machine's moods hit all alike. A repetition that fails is told and left out; a member that fails twice in a row is not tried again.
 * @param repeat returns null when it was interrupted
 * @throws UserError for a mistake in the call; RunError when nothing but failures was had
 */
export async function repeatInTurns<Member extends { readonly title: string }, Done>(
  context: Time,
  members: readonly Member[],
  { guessMilliseconds, random }: TurnRule,
  repeat: (member: Member, repetition: number) => Promise<Done | null>,
): Promise<Repetitions<Turn<Member, Done>>> {
  const failuresOf = new Map<Member, number>(members.map((member) => [member, 0]))
  let waiting: Member[] = []
  return repeatUnit(context, { guessMilliseconds }, async (repetition) => {
    if (waiting.length === 0) waiting = random.shuffle([...failuresOf.keys()])
    const member = waiting.pop()!
    try {
      const done = await repeat(member, repetition)
      failuresOf.set(member, 0)
      return done === null ? null : { member, done }
    } catch (error) {
      if (context.signal.aborted) return null
      if (!(error instanceof RunError)) throw error
      const failures = failuresOf.get(member)! + 1
      const forGood = failures >= FAILURES_IN_A_ROW
      context.remark(`${member.title} failed and is left out${forGood ? ' from now on' : ' this time'}: ${error.message}`)
      if (forGood) failuresOf.delete(member)
      else failuresOf.set(member, failures)
      if (failuresOf.size === 0) throw new RunError('all-failed', `nothing is left to measure: ${error.message}`)
      return null
    }
  })
}

/** What a part has to tell of its repetitions; nothing when none was finished. */
export function outcomeOf<Unit, Data extends CalibrationPart>(
  { finished, cutShort, problem }: Repetitions<Unit>,
  bodyOf: (finished: Unit[]) => Omit<Data, 'head'>,
): PartOutcome<Data> {
  return { body: finished.length === 0 ? null : bodyOf([...finished]), cutShort, problem }
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

/** Another seed for every repetition of a part. */
export function seedOfTurn({ seed }: Pick<PartContext, 'seed'>, turn: number): number {
  return (seed + turn) % 2 ** 32
}
