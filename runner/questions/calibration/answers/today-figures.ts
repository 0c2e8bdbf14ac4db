import type { Estimate } from '../../../result/model.ts'
import { relativeHalfWidth } from '../../../statistics/estimate.ts'
import { median, variance } from '../../../statistics/summary.ts'
import type { TodayPart } from '../data.ts'

/** Two single numbers that are farther apart than this are taken for two different servers. */
const TELLING_SHARE = 0.01
/** Two-sided 95 % of the normal distribution, in standard deviations. */
const NORMAL_95 = 1.96

type Procedure = TodayPart['procedures'][number]
type Repetition = Procedure['repetitions'][number]

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
  return procedures.map(({ id, title, what, repetitions }) => {
    const costs = repetitions.filter(({ costMicroseconds }) => servers.every((server) => costMicroseconds[server] != null))
    return {
      id,
      title,
      what,
      repetitions: repetitions.length,
      wallSeconds: repetitions.length === 0 ? null : median(repetitions.map(({ wallSeconds }) => wallSeconds)),
      byRate: basisFigures(servers, repetitions, rateRatio(servers[0]!), farApart),
      byCost: costs.length === 0 ? null : basisFigures(servers, costs, costRatio(servers[0]!), provenDifferent),
      ownHalfWidthPercent: ownHalfWidths(servers.slice(1), repetitions),
    }
  })
}

type RatioOf = (repetition: Repetition, server: string) => number

/** The first server answers so many times as many requests: what its cost over the other's says, if the server is what is busy. */
function rateRatio(first: string): RatioOf {
  return ({ requestsPerSecond }, server) => requestsPerSecond[first]! / requestsPerSecond[server]!
}

/** A procedure that pairs its measurements has a better ratio than that of its two costs. */
function costRatio(first: string): RatioOf {
  return ({ ratios, costMicroseconds }, server) =>
    ratios?.[server]?.value ?? (costMicroseconds[server] ?? Number.NaN) / (costMicroseconds[first] ?? Number.NaN)
}

function basisFigures(
  [first, copy, ...others]: readonly string[],
  repetitions: readonly Repetition[],
  ratioOf: RatioOf,
  differ: (repetition: Repetition, copy: string, ratio: number) => boolean,
): BasisFigures {
  const known = repetitions.filter((repetition) =>
    [copy!, ...others].every((server) => Number.isFinite(ratioOf(repetition, server))),
  )
  const spreads = [copy!, ...others].map((server) =>
    spread(
      server,
      known.map((repetition) => ratioOf(repetition, server)),
    ),
  )
  return {
    spreads,
    repetitions: known.length,
    wrongOrders: known.filter((one) => !ascending([first!, ...others].map((server) => ratioOf(one, server)))).length,
    identicalDiffer: known.filter((one) => differ(one, copy!, ratioOf(one, copy!))).length,
  }
}

function spread(server: string, ratios: readonly number[]): RatioSpread {
  if (ratios.length < 2) return { server, ratios, deviation: null, halfWidthPercent: null }
  const deviation = Math.sqrt(variance(ratios.map(Math.log)))
  return { server, ratios, deviation, halfWidthPercent: Math.expm1(NORMAL_95 * deviation) * 100 }
}

/** What a reader of one number does: more than one percent apart, either way, looks like a difference. */
function farApart(_repetition: Repetition, _copy: string, ratio: number): boolean {
  return Math.max(ratio, 1 / ratio) > 1 + TELLING_SHARE
}

/** A procedure with intervals has to be taken at its word; another one gives nothing but its number. */
function provenDifferent(repetition: Repetition, copy: string, ratio: number): boolean {
  const own = repetition.ratios?.[copy]
  return own === undefined ? farApart(repetition, copy, ratio) : excludesOne(own)
}

function excludesOne({ low, high }: Estimate): boolean {
  return low !== null && high !== null && (low > 1 || high < 1)
}

function ownHalfWidths(servers: readonly string[], repetitions: readonly Repetition[]): Record<string, number> | null {
  const widths = servers.flatMap((server) => {
    const known = repetitions.flatMap(({ ratios }) => {
      const { value, low, high, level } = ratios?.[server] ?? UNKNOWN
      return low === null || high === null ? [] : [relativeHalfWidth({ value, low, high, level })]
    })
    return known.length === 0 ? [] : [[server, median(known) * 100] as const]
  })
  return widths.length === 0 ? null : Object.fromEntries(widths)
}

const UNKNOWN: Estimate = { value: Number.NaN, low: null, high: null, level: 0.95 }

function ascending(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! < value)
}
