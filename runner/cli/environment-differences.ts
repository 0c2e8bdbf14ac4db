import { differingPoints, environmentPoints, type Weight, type WeightedPoint } from '../machine/environment-points.ts'
import type { Result } from '../result/model.ts'

/** What is not the same in two runs. */
export interface EnvironmentDifference {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly weight: Weight
}

/** A warm-up that is shorter by more than this leaves more of the compiler in the cost. */
const WARM_UP_FACTOR = 1.5
/** A distance of the CPUs that differs by more than this moves ratios. */
const DISTANCE_FACTOR = 1.25

const points: readonly WeightedPoint<Result>[] = [
  { name: 'what a cost holds', weight: 'refuse', of: ({ format }) => (format === 1 ? 'typical requests' : 'all CPU time') },
  { name: 'study', weight: 'refuse', of: ({ study }) => study },
  { name: 'baseline', weight: 'refuse', of: ({ baseline }) => baseline },
  { name: 'load driver', weight: 'refuse', of: ({ options }) => options.driver },
  { name: 'source of CPU time', weight: 'refuse', of: ({ environment }) => environment.cpuAccounting },
  { name: 'connections', weight: 'refuse', of: ({ options }) => options.connections },
  { name: 'transport', weight: 'refuse', of: ({ options }) => options.transport },
  ...environmentPoints.map(
    ({ of, ...point }): WeightedPoint<Result> => ({ ...point, of: (own, other) => of(own.environment, other.environment) }),
  ),
  {
    ...{ name: 'distance of the CPUs, ns', weight: 'machine', factor: DISTANCE_FACTOR },
    of: ({ environment: { cpuDistanceNanoseconds } }) => cpuDistanceNanoseconds && Math.round(cpuDistanceNanoseconds.mean),
  },
  { name: 'slice, ms', weight: 'warn', of: ({ options }) => options.sliceMilliseconds },
  { name: 'warm-up, ms', weight: 'warn', factor: WARM_UP_FACTOR, of: ({ options }) => options.warmUpMilliseconds },
]

/** What differs between the environments of two runs, and the versions of the apps in them. */
export function environmentDifferences(before: Result, after: Result): EnvironmentDifference[] {
  const versions = before.apps.map(
    ({ id }): WeightedPoint<Result> => ({
      ...{ name: id, weight: 'expected' },
      of({ apps }) {
        const app = apps.find((one) => one.id === id)
        return app === undefined ? null : (app.version ?? 'unknown')
      },
    }),
  )
  return differingPoints([...points, ...versions], before, after).map(({ point: { name, weight }, ...sides }) => ({
    ...{ name, weight },
    ...sides,
  }))
}
