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

const figures: readonly Watched[] = [
  {
    // Every round leaves its values behind, a kibibyte for each cell; everything else is a leak.
    ...{ title: 'memory that the runner keeps', unit: 'MiB', allowedPerHour: 15, negligible: 2, mayFall: true },
    of: ({ keptBytes }) => keptBytes / MEBIBYTE,
  },
  {
    // Buffers of histograms come and go by 8 MiB.
    ...{ title: 'memory of the runner', unit: 'MiB', allowedPerHour: 40, negligible: 8, mayFall: true },
    of: ({ runnerBytes }) => runnerBytes / MEBIBYTE,
  },
  {
    // V8 enlarges it in steps, 13 to 36 MiB within the first eight minutes as seen here, up to a limit of its own.
    ...{
      title: 'young generation of the runner',
      unit: 'MiB',
      allowedPerHour: 0,
      negligible: YOUNG_GENERATION_LIMIT_MEBIBYTES,
      mayFall: true,
    },
    of: ({ youngGenerationBytes }) => youngGenerationBytes / MEBIBYTE,
  },
  {
    ...{ title: 'memory of the load generator', unit: 'MiB', allowedPerHour: 40, negligible: 8, mayFall: true },
    of: ({ loadBytes }) => (loadBytes === null ? null : loadBytes / MEBIBYTE),
  },
  {
    ...{ title: 'open files of the runner', unit: 'files', allowedPerHour: 4, negligible: 0.5, mayFall: true },
    of: ({ fileDescriptors }) => fileDescriptors,
  },
  {
    ...{ title: 'second copy of the baseline over the first', unit: '%', allowedPerHour: 2, negligible: 0.2, mayFall: false },
    of: ({ identicalLogRatio }) => (identicalLogRatio === null ? null : 100 * Math.expm1(identicalLogRatio)),
  },
]

/** Slopes of everything that has to be flat; figures with too few points are left out. */
export function soakFigures(points: readonly SoakPoint[]): SoakFigure[] {
  const end = points.at(-1)?.seconds ?? 0
  const settled = points.filter(({ seconds }) => seconds >= SETTLING_SHARE * end)
  return figures.flatMap(({ title, unit, allowedPerHour, negligible, mayFall, of }) => {
    const known = settled.flatMap((point) => {
      const value = of(point)
      return value === null ? [] : [{ hours: point.seconds / 3600, value }]
    })
    if (known.length < FEWEST_POINTS) return []
    const { slope, pValue } = leastSquaresLine(
      known.map(({ hours }) => hours),
      known.map(({ value }) => value),
    )
    const hours = known.at(-1)!.hours - known[0]!.hours
    const change = mayFall ? slope : Math.abs(slope)
    const holds = change <= allowedPerHour || pValue >= ALPHA || change * hours <= negligible
    return [
      {
        ...{ title, unit, allowedPerHour, negligible, holds, first: known[0]!.value, last: known.at(-1)!.value },
        ...{ slopePerHour: slope, pValue },
      },
    ]
  })
}
