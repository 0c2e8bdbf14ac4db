import { excludes, relativeWidth } from '../../analysis/estimates.ts'
import type { Estimate } from '../../result/model.ts'
import { median, variance } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'

/** Two single numbers that are farther apart than this are taken for two different servers. */
const TELLING_SHARE = 0.01
/** Two-sided 95 % of the normal distribution, in standard deviations. */
export const NORMAL_95 = 1.96

export type Repetition = TodayPart['procedures'][number]['repetitions'][number]

/** How many times the cost of the first server one repetition says of another, and the interval that the procedure itself prints. */
export interface Ratio {
  readonly value: number
  readonly printed?: Estimate | undefined
}

/** How good a procedure is when it is judged by its costs, or by its requests per second. */
export type BasisFigures = ReturnType<typeof basisFigures>

/** What the part says of each procedure, in its order; pure. */
export function todayFigures({ servers, procedures }: Pick<TodayPart, 'servers' | 'procedures'>) {
  const [first = '', ...others] = servers
  return procedures.map(({ id, title, seconds, what, repetitions }) => {
    const figures = (ratio: (repetition: Repetition, server: string) => Ratio) =>
      basisFigures(
        others,
        repetitions.map((repetition) => others.map((server) => ratio(repetition, server))),
      )
    const byCost = figures(({ ratios, costMicroseconds: cost }, server) => {
      const ofCosts = (cost[server] ?? Number.NaN) / (cost[first] ?? Number.NaN)
      // A procedure that pairs its measurements has a better ratio than that of its two costs.
      return { value: ratios?.[server]?.value ?? ofCosts, printed: ratios?.[server] }
    })
    return {
      id,
      title,
      seconds,
      what,
      repetitions: repetitions.length,
      courses: repetitions.map(({ course, processDeviation }) => ({ course, processDeviation })),
      /** Median over repetitions; null without any. */
      wallSeconds: repetitions.length === 0 ? null : median(repetitions.map(({ wallSeconds }) => wallSeconds)),
      /** As many times as many requests as the other: what its cost says, if the server is what is busy. */
      byRate: figures(({ requestsPerSecond: rate }, server) => ({ value: rate[first]! / rate[server]! })),
      /** null: the procedure cannot tell costs. */
      byCost: byCost.repetitions === 0 ? null : byCost,
    }
  })
}

/** @param repetitions the ratios of all servers but the first, the first one's copy ahead; where one is not known, none counts */
function basisFigures(servers: readonly string[], repetitions: readonly (readonly Ratio[])[]) {
  const known = repetitions.filter((ratios) => ratios.every(({ value }) => Number.isFinite(value)))
  return {
    /** All servers but the first, in the part's order. */
    spreads: servers.map((server, index) =>
      spreadOf(
        server,
        known.map((ratios) => ratios[index]!),
      ),
    ),
    /** Those that have a number for every server. */
    repetitions: known.length,
    /** In how many of them the servers, without the second copy, did not come out in the order of their true cost. */
    wrongOrders: known.filter(([, ...ratios]) => ratios.some(({ value }, index) => value <= (ratios[index - 1]?.value ?? 1)))
      .length,
    /** In how many of them the two identical servers were declared different. */
    identicalDiffer: known.filter(([copy]) => copy !== undefined && differs(copy)).length,
  }
}

/** How results of one procedure on one server scatter, beside how they say they would. */
export function spreadOf(server: string, own: readonly Ratio[]) {
  const ratios = own.map(({ value }) => value)
  const deviation = ratios.length < 2 ? null : Math.sqrt(variance(ratios.map(Math.log)))
  const printed = own.flatMap((ratio) => (ratio.printed && relativeWidth(ratio.printed)) ?? [])
  return {
    server,
    /** One per repetition that knows it. */
    ratios,
    /** Standard deviation of ln ratio over the repetitions; null with fewer than two. */
    deviation,
    /** Half-width of the 95 % interval of one such result, 1.96 standard deviations, percent; null with fewer than two. */
    halfWidthPercent: deviation === null ? null : percentOf(deviation),
    /** Half-width of the intervals that the procedure itself prints, percent, median over repetitions; null: it prints none. */
    printedPercent: printed.length === 0 ? null : median(printed) * 100,
  }
}

/** Half-width of the 95 % interval of something with this standard deviation of its logarithm, percent. */
export function percentOf(deviation: number): number {
  return Math.expm1(NORMAL_95 * deviation) * 100
}

/**
 * A procedure with intervals has to be taken at its word; another one gives nothing but its number, and a reader takes more than one
 * percent, either way, for a difference.
 */
function differs({ value, printed }: Ratio): boolean {
  return printed === undefined ? Math.max(value, 1 / value) > 1 + TELLING_SHARE : excludes(printed, 1)
}
