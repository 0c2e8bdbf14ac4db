import { RunError } from '../../result/errors.ts'
import type { Random } from '../../statistics/random.ts'
import type { PartContext } from './part-context.ts'
import { type Repetitions, repeatUnit } from './repetitions.ts'

/** A member that fails so often in a row will not do better later. */
const FAILURES_IN_A_ROW = 2

/** One finished repetition of one member. */
export interface Turn<Member, Done> {
  readonly member: Member
  readonly done: Done
}

export interface TurnRule<Member> {
  readonly guessMilliseconds: number
  readonly random: Random
  /** For the sentence that says what failed. */
  titleOf(member: Member): string
}

/**
 * Repeats all members in turns until the time of the part is up: every member once a turn, in a new random order each time, so that the
 * machine's moods hit all alike. A repetition that fails is told and left out; a member that fails twice in a row is not tried again.
 * @param repeat returns null when it was interrupted
 * @throws UserError for a mistake in the call; RunError when nothing but failures was had
 */
export async function repeatInTurns<Member, Done>(
  context: Pick<PartContext, 'milliseconds' | 'signal' | 'now' | 'remark'>,
  members: readonly Member[],
  { guessMilliseconds, random, titleOf }: TurnRule<Member>,
  repeat: (member: Member, repetition: number) => Promise<Done | null>,
): Promise<Repetitions<Turn<Member, Done>>> {
  const failuresInARow = new Map<Member, number>(members.map((member) => [member, 0]))
  let waiting: Member[] = []
  return repeatUnit(context, { guessMilliseconds }, async (repetition) => {
    if (waiting.length === 0) waiting = random.shuffle([...failuresInARow.keys()])
    const member = waiting.pop()!
    try {
      const done = await repeat(member, repetition)
      failuresInARow.set(member, 0)
      return done === null ? null : { member, done }
    } catch (error) {
      if (context.signal.aborted) return null
      if (!(error instanceof RunError)) throw error
      const failures = failuresInARow.get(member)! + 1
      const forGood = failures >= FAILURES_IN_A_ROW
      context.remark(`${titleOf(member)} failed and is left out${forGood ? ' from now on' : ' this time'}: ${error.message}`)
      if (forGood) failuresInARow.delete(member)
      else failuresInARow.set(member, failures)
      if (failuresInARow.size === 0) throw new RunError('all-failed', `nothing is left to measure: ${error.message}`)
      return null
    }
  })
}
