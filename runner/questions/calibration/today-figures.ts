import { excludes, relativeWidth } from '../../analysis/estimates.ts'
import type { Estimate } from '../../result/model.ts'
import { median, variance } from '../../statistics/summary.ts'
import type { TodayPart } from './data.ts'

/** Two single numbers that are farther apart than this are taken for two different servers. */
const TELLING_SHARE = 0.01
/** Two-sided 95 % of the normal distribution, in standard deviations. */
const NORMAL_95 = 1.96

type Repetition = TodayPart['procedures'][number]['repetitions'][number]

/** What repeating a procedure says of one server's ratio to the first one. */
export interface RatioSpread {
  readonly server: string
  /** One per repetition that knows it: times the cost of the first server. From rates it is the first one's rate over the server's. */
  readonly ratios: readonly number[]
  /** Standard deviation of ln ratio over the repetitions; null with fewer than two. */
  readonly deviation: number | null
  /** Half-width of the 95 % interval of one such result, 1.96 standard deviations, percent; null with fewer than two. */
  readonly halfWidthPercent: number | null
}

/** How good a procedure is when it is judged by its costs, or by its requests per second. */
export interface BasisFigures {
  /** All servers but the first, in the part's order. */
  readonly spreads: readonly RatioSpread[]
  /** Repetitions that have a number for every server. */
  readonly repetitions: number
  /** In how many of them the servers, without the second copy, did not come out in the order of their true cost. */
  readonly wrongOrders: number
  /** In how many of them the two identical servers were declared different. */
  readonly identicalDiffer: number
}

export interface ProcedureFigures {
  readonly id: string
  readonly title: string
  readonly what: string
  readonly repetitions: number
  /** Median over repetitions; null without any. */
  readonly wallSeconds: number | null
  readonly byRate: BasisFigures
  /** null: the procedure cannot tell costs. */
  readonly byCost: BasisFigures | null
  /** Half-width of the intervals that the procedure itself prints, percent, median over repetitions, by server; null: it prints none. */
  readonly ownHalfWidthPercent: Readonly<Record<string, number>> | null
}

/** What the part says of each procedure, in its order; pure. */
export function todayFigures({ servers, procedures }: Pick<TodayPart, 'servers' | 'procedures'>): ProcedureFigures[] {
  const first = servers[0]!
  /** The first server answers so many times as many requests: what its cost over the other's says, if the server is what is busy. */
  const rateRatio = ({ requestsPerSecond }: Repetition, server: string) => requestsPerSecond[first]! / requestsPerSecond[server]!
  /** A procedure that pairs its measurements has a better ratio than that of its two costs. */
  const costRatio = ({ ratios, costMicroseconds }: Repetition, server: string) =>
    ratios?.[server]?.value ?? (costMicroseconds[server] ?? Number.NaN) / (costMicroseconds[first] ?? Number.NaN)
  return procedures.map(({ id, title, what, repetitions }) => {
    const costs = repetitions.filter(({ costMicroseconds }) => servers.every((server) => costMicroseconds[server] != null))
    return {
      id,
      title,
      what,
      repetitions: repetitions.length,
      wallSeconds: repetitions.length === 0 ? null : median(repetitions.map(({ wallSeconds }) => wallSeconds)),
      byRate: basisFigures(servers, repetitions, rateRatio, farApart),
      // A procedure with intervals has to be taken at its word; another one gives nothing but its number.
      byCost:
        costs.length === 0
          ? null
          : basisFigures(servers, costs, costRatio, (ratio, own) => (own === undefined ? farApart(ratio) : excludes(own, 1))),
      ownHalfWidthPercent: ownHalfWidths(servers.slice(1), repetitions),
    }
  })
}

function basisFigures(
  servers: readonly string[],
  repetitions: readonly Repetition[],
  ratioOf: (repetition: Repetition, server: string) => number,
  differ: (ratio: number, own: Estimate | undefined) => boolean,
): BasisFigures {
  const copy = servers[1]!
  const known = repetitions
    .map((repetition) => {
      return { own: repetition.ratios?.[copy], ratios: servers.slice(1).map((server) => ratioOf(repetition, server)) }
    })
    .filter(({ ratios }) => ratios.every(Number.isFinite))
  return {
    spreads: servers.slice(1).map((server, index) =>
      spreadOf(
        server,
        known.map(({ ratios }) => ratios[index]!),
      ),
    ),
    repetitions: known.length,
    // The first server's ratio to itself, and all but that of its copy.
    wrongOrders: known.filter(({ ratios }) => !isAscending([1, ...ratios.slice(1)])).length,
    identicalDiffer: known.filter(({ ratios, own }) => differ(ratios[0]!, own)).length,
  }
}

function spreadOf(server: string, ratios: readonly number[]): RatioSpread {
  if (ratios.length < 2) return { server, ratios, deviation: null, halfWidthPercent: null }
  const deviation = Math.sqrt(variance(ratios.map(Math.log)))
  return { server, ratios, deviation, halfWidthPercent: Math.expm1(NORMAL_95 * deviation) * 100 }
}

/** What a reader of one number does: more than one percent apart, either way, looks like a difference. */
function farApart(ratio: number): boolean {
  return Math.max(ratio, 1 / ratio) > 1 + TELLING_SHARE
}

function ownHalfWidths(servers: readonly string[], repetitions: readonly Repetition[]): Record<string, number> | null {
  const widths = servers.flatMap((server) => {
    const own = repetitions.flatMap(({ ratios }) => ratios?.[server] ?? [])
    const known = own.flatMap((ratio) => relativeWidth(ratio) ?? [])
    return known.length === 0 ? [] : [[server, median(known) * 100] as const]
  })
  return widths.length === 0 ? null : Object.fromEntries(widths)
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! < value)
}
