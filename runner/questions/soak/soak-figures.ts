import { leastSquaresLine } from '../../statistics/regression.ts'

/** What was seen at the end of one round. */
export interface SoakPoint {
  /** Since the first round, seconds. */
  readonly seconds: number
  /** Of the runner, once garbage has been collected: heap and buffers. */
  readonly keptBytes: number
  /** All that the system has given to the runner, without its young generation. */
  readonly runnerBytes: number
  /** The young generation of the runner's heap, as far as the system has given memory for it. */
  readonly youngGenerationBytes: number
  readonly loadBytes: number | null
  readonly fileDescriptors: number
  /** ln of the second baseline copy's cost over the first's, mean over endpoints; null: not measured. */
  readonly identicalLogRatio: number | null
}

/** One figure that has to stay where it is. */
export interface SoakFigure {
  readonly title: string
  readonly unit: string
  readonly first: number
  readonly last: number
  /** Change per hour by least squares, in the unit, and the probability of one as steep if there were none. */
  readonly slopePerHour: number
  readonly pValue: number
  /** More per hour is a leak, or a drift. */
  readonly allowedPerHour: number
  /** In the whole run: less is no leak yet, whatever it would come to in an hour. */
  readonly negligible: number
  readonly holds: boolean
}

/** Points before this share of the time do not count: caches fill and code is compiled. */
const SETTLING_SHARE = 0.25
/** A slope is only blamed when it is proven. */
const ALPHA = 0.01
const FEWEST_POINTS = 4
const MEBIBYTE = 2 ** 20
/** Three semi-spaces of 16 MiB, V8's default on 64 bits (`--max-semi-space-size` in Node's manual): steps up to there are no leak. */
const YOUNG_GENERATION_LIMIT_MEBIBYTES = 48

interface Watched extends Pick<SoakFigure, 'title' | 'unit' | 'allowedPerHour' | 'negligible'> {
  /** Memory that is given back is no leak. */
  readonly mayFall: boolean
  of(point: SoakPoint): number | null
}

function memory(title: string, allowedPerHour: number, negligible: number, bytesOf: Watched['of']): Watched {
  const of = (point: SoakPoint) => {
    const bytes = bytesOf(point)
    return bytes === null ? null : bytes / MEBIBYTE
  }
  return { title, unit: 'MiB', allowedPerHour, negligible, mayFall: true, of }
}

const figures: readonly Watched[] = [
  // Every round leaves its values behind, a kibibyte for each cell; everything else is a leak.
  memory('memory that the runner keeps', 15, 2, ({ keptBytes }) => keptBytes),
  // Buffers of histograms come and go by 8 MiB.
  memory('memory of the runner', 40, 8, ({ runnerBytes }) => runnerBytes),
  // V8 enlarges it in steps, 13 to 36 MiB within the first eight minutes as seen here, up to a limit of its own.
  memory(
    'young generation of the runner',
    0,
    YOUNG_GENERATION_LIMIT_MEBIBYTES,
    ({ youngGenerationBytes }) => youngGenerationBytes,
  ),
  memory('memory of the load generator', 40, 8, ({ loadBytes }) => loadBytes),
  {
    title: 'open files of the runner',
    unit: 'files',
    allowedPerHour: 4,
    negligible: 0.5,
    mayFall: true,
    of: ({ fileDescriptors }) => fileDescriptors,
  },
  {
    title: 'second copy of the baseline over the first',
    unit: '%',
    allowedPerHour: 2,
    negligible: 0.2,
    mayFall: false,
    of: ({ identicalLogRatio }) => (identicalLogRatio === null ? null : 100 * Math.expm1(identicalLogRatio)),
  },
]

/** Slopes of everything that has to be flat; figures with too few points are left out. */
export function soakFigures(points: readonly SoakPoint[]): SoakFigure[] {
  const end = points.at(-1)?.seconds ?? 0
  const settled = points.filter(({ seconds }) => seconds >= SETTLING_SHARE * end)
  return figures.flatMap(({ title, unit, allowedPerHour, negligible, mayFall, of }) => {
    const known = settled.filter((point) => of(point) !== null)
    if (known.length < FEWEST_POINTS) return []
    const hours = known.map(({ seconds }) => seconds / 3600)
    const values = known.map((point) => of(point)!)
    const { slope, pValue } = leastSquaresLine(hours, values)
    const change = mayFall ? slope : Math.abs(slope)
    const isNegligible = change * (hours.at(-1)! - hours[0]!) <= negligible
    const holds = change <= allowedPerHour || pValue >= ALPHA || isNegligible
    const [first, last] = [values[0]!, values.at(-1)!]
    return [{ title, unit, first, last, slopePerHour: slope, pValue, allowedPerHour, negligible, holds }]
  })
}
