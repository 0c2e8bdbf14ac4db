import { BASELINE } from '../../../apps/app.ts'
import { RunError } from '../../result/errors.ts'
import { seededRandom } from '../../statistics/random.ts'
import { total } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { TodayPart } from './data.ts'
import { COMPARED, type Part, type PartContext, type PartOutcome } from './part.ts'
import { fastifyBenchmarks, interleavedAutocannon, type Procedure, sequentialAutocannon, sequentialWrk } from './procedures.ts'
import { outcomeOf, type Repetitions, repeatInTurns, seedOfTurn, type Turn } from './repetitions.ts'
import { thisSuite } from './this-suite.ts'
import { GOALS, goalTitle, todayAnswer } from './today-answer.ts'
import { type Length, lengthsThatFit } from './today-lengths.ts'
import { lengthInWords } from './words.ts'

const PROCEDURES = [sequentialAutocannon, fastifyBenchmarks, interleavedAutocannon, sequentialWrk, thisSuite]
/** Seeds of the repetitions of a length follow each other, so lengths start far apart. */
const SEEDS_PER_LENGTH = 10_000

/** The suite beside what people do today: the same servers, about the same wall time, in turns so that nobody has the better hour. */
export const today: Part<TodayPart> = {
  id: 'today',
  title: 'what people do today',
  share: 0.15,
  measure: (context) => measureProcedures(context, PROCEDURES),
  heading: 'Against the usual procedures',
  question: 'What does the suite add to a benchmark made in the usual way, with the same servers and the same time?',
  goals: GOALS.map(goalTitle),
  answer: todayAnswer,
}

/** The same with any procedures. */
export async function measureProcedures(context: PartContext, procedures: readonly Procedure[]): Promise<PartOutcome<TodayPart>> {
  // The skeleton, the skeleton again, and what is compared with it.
  const others = COMPARED.filter((app) => context.apps.includes(app))
  const names = [BASELINE, `${BASELINE} again`, ...others]
  const servers = resolveApps([BASELINE, BASELINE, ...others], context.cwd).map((app, index) => ({ name: names[index]!, app }))
  const missing = new Map<Procedure, string>()
  for (const procedure of procedures) {
    const reason = await procedure.missing?.()
    if (reason == null) continue
    missing.set(procedure, reason)
    context.remark(`${procedure.title} is left out: ${reason}`)
  }
  const wanted = [...new Set(context.lengths)].sort((one, other) => one - other)
  const lengths = lengthsThatFit(wanted, procedures, context.milliseconds)
  for (const seconds of wanted.slice(lengths.length)) {
    context.remark(`repetitions of ${lengthInWords(seconds)} are left out: there is not enough time for two of every procedure`)
  }
  const random = seededRandom(context.seed)
  const repeatLength = (length: Length, index: number, milliseconds: number) =>
    repeatInTurns(
      { ...context, milliseconds },
      length.procedures.filter((procedure) => !missing.has(procedure)),
      { guessMilliseconds: length.seconds * 1000, random },
      async (procedure, repetition) => {
        const startedNs = context.now()
        const order = { servers, seconds: length.seconds, seed: seedOfTurn(context, index * SEEDS_PER_LENGTH + repetition) }
        const figures = await procedure.repeat(order, context)
        const wallSeconds = (context.now() - startedNs) / 1e9
        return figures === null ? null : { seconds: length.seconds, figures: { wallSeconds, ...figures } }
      },
    )
  const repetitions = await oneAfterAnother(context, lengths, repeatLength)
  return outcomeOf(repetitions, (finished) => ({
    part: 'today',
    servers: names,
    procedures: lengths.flatMap(({ seconds, procedures: own }) =>
      own.map((procedure) => ({
        ...{ id: procedure.id, title: procedure.title, seconds },
        what: missing.has(procedure) ? `left out: ${missing.get(procedure)}` : procedure.what(seconds),
        repetitions: finished
          .filter(({ member, done }) => member === procedure && done.seconds === seconds)
          .map(({ done }) => done.figures),
      })),
    ),
  }))
}

/** All lengths, each in its part of what time is left; what an earlier one has found is kept when a later one fails. */
async function oneAfterAnother<Done>(
  { milliseconds, now }: Pick<PartContext, 'milliseconds' | 'now'>,
  lengths: readonly Length[],
  repeatLength: (length: Length, index: number, milliseconds: number) => Promise<Repetitions<Turn<Procedure, Done>>>,
): Promise<Repetitions<Turn<Procedure, Done>>> {
  const endNs = now() + milliseconds * 1e6
  const finished: Turn<Procedure, Done>[] = []
  for (const [index, length] of lengths.entries()) {
    const left = (endNs - now()) / 1e6
    const share = length.share / total(lengths.slice(index), (one) => one.share)
    try {
      const own = await repeatLength(length, index, left * share)
      finished.push(...own.finished)
      if (own.cutShort) return { ...own, finished }
    } catch (error) {
      if (!(error instanceof RunError) || finished.length === 0) throw error
      return { finished, cutShort: true, problem: error }
    }
  }
  return { finished, cutShort: false, problem: null }
}
