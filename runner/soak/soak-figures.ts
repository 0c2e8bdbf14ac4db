import { leastSquaresLine } from '../statistics/linear-regression.ts'

/** What was seen at the end of one round. */
export interface SoakPoint {
  /** Since the first round, seconds. */
  readonly seconds: number
  readonly runnerBytes: number
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
  readonly holds: boolean
}

/** Points before this share of the time do not count: caches fill and code is compiled. */
const SETTLING_SHARE = 0.25
/** A slope is only blamed when it is proven. */
const ALPHA = 0.01
const FEWEST_POINTS = 4
const MEBIBYTE = 2 ** 20

const figures: readonly { title: string; unit: string; allowedPerHour: number; of: (point: SoakPoint) => number | null }[] = [
  { title: 'memory of the runner', unit: 'MiB', allowedPerHour: 40, of: ({ runnerBytes }) => runnerBytes / MEBIBYTE },
  {
    ...{ title: 'memory of the load generator', unit: 'MiB', allowedPerHour: 40 },
    of: ({ loadBytes }) => (loadBytes === null ? null : loadBytes / MEBIBYTE),
  },
  { title: 'open files of the runner', unit: 'files', allowedPerHour: 4, of: ({ fileDescriptors }) => fileDescriptors },
  {
    ...{ title: 'second copy of the baseline over the first', unit: '%', allowedPerHour: 2 },
    of: ({ identicalLogRatio }) => (identicalLogRatio === null ? null : 100 * Math.expm1(identicalLogRatio)),
  },
]

/** Slopes of everything that has to be flat; figures with too few points are left out. */
export function soakFigures(points: readonly SoakPoint[]): SoakFigure[] {
  const end = points.at(-1)?.seconds ?? 0
  const settled = points.filter(({ seconds }) => seconds >= SETTLING_SHARE * end)
  return figures.flatMap(({ title, unit, allowedPerHour, of }) => {
    const known = settled.flatMap((point) => {
      const value = of(point)
      return value === null ? [] : [{ hours: point.seconds / 3600, value }]
    })
    if (known.length < FEWEST_POINTS) return []
    const { slope, pValue } = leastSquaresLine(
      known.map(({ hours }) => hours),
      known.map(({ value }) => value),
    )
    const holds = Math.abs(slope) <= allowedPerHour || pValue >= ALPHA
    return [
      {
        ...{ title, unit, allowedPerHour, holds, first: known[0]!.value, last: known.at(-1)!.value },
        ...{ slopePerHour: slope, pValue },
      },
    ]
  })
}
