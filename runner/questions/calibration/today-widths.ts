import { bounded, estimateMeans, exponentiate } from '../../statistics/estimate.ts'
import { median, total, variance } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'
import { type BasisFigures, percentOf, type Ratio, spreadOf } from './today-figures.ts'
import type { ReadProcedure } from './today-reading.ts'

/** When widths are looked at, beside the ends of the repetitions; seconds. */
const MOMENTS = [60, 120, 300, 600]
/** Passes of one server have one variance, and none to borrow from. */
const ALONE = { moderation: { minimumCells: Number.POSITIVE_INFINITY } }

/** One length of one procedure. */
type Read = Pick<ReadProcedure, 'id' | 'title' | 'seconds' | 'courses'> & {
  readonly reading: Pick<BasisFigures, 'spreads'>
}
type Course = TodayPart['procedures'][number]['repetitions'][number]['course']

/** Half-width of a 95 % interval of one result after so much time. */
export type Width = ReturnType<typeof widthsOf>[number]

/**
 * Widths of one procedure against time, by server: the spread over its repetitions, and the interval that one of them has by itself.
 * What its repetitions knew on their way is the width after a shorter time; each moment is looked at in the shortest of them that reach it.
 * @param lengths of one procedure
 */
export function widthsOf(lengths: readonly Read[]) {
  const ascending = lengths.toSorted((one, other) => one.seconds - other.seconds)
  return ascending.flatMap((length, index) => {
    const { id, title, seconds, courses, reading } = length
    const shorter = ascending[index - 1]?.seconds ?? 0
    const onTheWay = MOMENTS.filter((moment) => moment > shorter && moment < seconds)
    return [...onTheWay, seconds].flatMap((moment) =>
      reading.spreads.flatMap((atEnd) => {
        const { server } = atEnd
        const known = courses.flatMap(({ course }) => standingAfter(until(course, length, moment), server) ?? [])
        // What has no course is known at its end only.
        const { halfWidthPercent, printedPercent } = known.length === 0 && moment === seconds ? atEnd : spreadOf(server, known)
        const isKnown = halfWidthPercent !== null || printedPercent !== null
        return isKnown
          ? [{ id, title, server, seconds: moment, spreadPercent: halfWidthPercent, ownPercent: printedPercent }]
          : []
      }),
    )
  })
}

/** The result of a repetition if it had ended here, with its own interval: the printed one, or that of the passes it had made. */
function standingAfter(steps: Course, server: string): Ratio | null {
  const last = steps.at(-1)
  const printed = last?.printed?.[server]
  if (printed !== undefined) return { value: printed.value, printed }
  const logs = last?.printed === null ? logRatios(steps, server) : []
  if (logs.length === 0) return null
  const estimate = bounded(exponentiate(estimateMeans([logs], ALONE)[0]!))
  return { value: estimate.value, printed: estimate }
}

/** What differences between processes leave to a server's ratio. */
export interface ProcessLimit {
  readonly server: string
  /** No result with one process of each server is better known than this, percent, however long it is measured. */
  readonly onePercent: number
  /** The same of the suite, whose every round has new processes, after the rounds of such a time; null: not measured for so long. */
  after(seconds: number): { readonly rounds: number; readonly percent: number } | null
}

/**
 * Differences between processes, over all repetitions of the suite: those of single ones, and of whole rounds, each around the mean of
 * its own repetition; moods of the machine that outlast a repetition come on top.
 * @param suite all its lengths
 */
export function processLimit(suite: readonly Pick<Read, 'seconds' | 'courses'>[], server: string): ProcessLimit | null {
  const known = suite
    .flatMap(({ courses }) => courses)
    .flatMap(({ course, processDeviation }) => {
      const logs = logRatios(course, server)
      const single = processDeviation?.[server]
      return logs.length < 2 || single === undefined ? [] : [{ degrees: logs.length - 1, rounds: variance(logs), single }]
    })
  const degrees = total(known, (one) => one.degrees)
  if (degrees === 0) return null
  const pooled = (of: (one: (typeof known)[number]) => number) =>
    Math.sqrt(total(known, (one) => one.degrees * of(one)) / degrees)
  const ofRounds = pooled(({ rounds }) => rounds)
  return {
    server,
    onePercent: percentOf(pooled(({ single }) => single ** 2)),
    after(seconds) {
      const reaching = suite.filter((length) => length.seconds >= seconds)
      const counts = reaching.flatMap((length) => length.courses.map(({ course }) => until(course, length, seconds).length))
      const rounds = counts.length === 0 ? 0 : Math.floor(median(counts))
      return rounds === 0 ? null : { rounds, percent: percentOf(ofRounds / Math.sqrt(rounds)) }
    },
  }
}

/** What was known then; at the end of a repetition all of it, even if it took a little longer. */
function until(course: Course, length: { readonly seconds: number }, seconds: number) {
  return seconds === length.seconds ? course : course.filter((step) => step.seconds <= seconds)
}

function logRatios(steps: Course, server: string): number[] {
  return steps.flatMap(({ ratios: { [server]: ratio = 0 } }) => (ratio > 0 ? [Math.log(ratio)] : []))
}
