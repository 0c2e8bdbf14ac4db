import type { Result } from '../result.ts'

/** What is not the same in two runs. */
export interface EnvironmentDifference {
  readonly name: string
  readonly before: string
  readonly after: string
  /**
   * `refuse`: the numbers mean different things. `warn`: a change of a ratio may come from it as well. `expected`: what people compare
   * runs for.
   */
  readonly weight: 'refuse' | 'warn' | 'expected'
}

interface Point {
  readonly name: string
  readonly weight: EnvironmentDifference['weight']
  readonly of: (result: Result) => string | number | null
}

const points: readonly Point[] = [
  { name: 'study', weight: 'refuse', of: ({ study }) => study },
  { name: 'baseline', weight: 'refuse', of: ({ baseline }) => baseline },
  { name: 'load driver', weight: 'refuse', of: ({ options }) => options.driver },
  { name: 'source of CPU time', weight: 'refuse', of: ({ environment }) => environment.cpuAccounting },
  { name: 'connections', weight: 'refuse', of: ({ options }) => options.connections },
  { name: 'transport', weight: 'refuse', of: ({ options }) => options.transport },
  { name: 'version of the load driver', weight: 'warn', of: ({ environment }) => environment.driverVersion },
  { name: 'processor', weight: 'warn', of: ({ environment }) => environment.cpuModel },
  { name: 'CPUs', weight: 'warn', of: ({ environment }) => environment.cpus },
  {
    name: 'kernel',
    weight: 'warn',
    of: ({ environment }) => `${environment.platform} ${environment.kernel} ${environment.arch}`,
  },
  { name: 'pinning', weight: 'warn', of: ({ environment }) => (environment.serverCpu === null ? 'not pinned' : 'pinned') },
  { name: 'slice, ms', weight: 'warn', of: ({ options }) => options.sliceMilliseconds },
  { name: 'suite', weight: 'warn', of: ({ environment }) => environment.suiteVersion },
  { name: 'commit of the suite', weight: 'warn', of: ({ environment }) => environment.commit },
  { name: 'Node', weight: 'expected', of: ({ environment }) => environment.node.replace(/^v/, '') },
]

/** A warm-up that is shorter by more than this leaves more of the compiler in the cost. */
const WARM_UP_FACTOR = 1.5

/** A distance of the CPUs that differs by more than this moves ratios. */
const DISTANCE_FACTOR = 1.25

/** What differs between the environments of two runs, and the versions of the apps in them. */
export function environmentDifferences(before: Result, after: Result): EnvironmentDifference[] {
  const different = points.flatMap(({ name, weight, of }) => difference(name, weight, of(before), of(after)))
  const versions = before.apps.flatMap(({ id, version }) => {
    const other = after.apps.find((app) => app.id === id)
    return other === undefined ? [] : difference(id, 'expected', version, other.version)
  })
  return [...different, ...versions, ...distance(before, after), ...warmUp(before, after)]
}

function warmUp(before: Result, after: Result): EnvironmentDifference[] {
  const [one, other] = [before.options.warmUpMilliseconds, after.options.warmUpMilliseconds]
  return Math.max(one, other) <= WARM_UP_FACTOR * Math.min(one, other) ? [] : difference('warm-up, ms', 'warn', one, other)
}

function distance(before: Result, after: Result): EnvironmentDifference[] {
  const [one, other] = [before, after].map(({ environment }) => environment.cpuDistanceNanoseconds?.mean ?? null)
  if (one === null || other === null || one === undefined || other === undefined) return []
  if (Math.max(one, other) <= DISTANCE_FACTOR * Math.min(one, other)) return []
  return difference('distance of the CPUs, ns', 'warn', Math.round(one), Math.round(other))
}

function difference(
  name: string,
  weight: EnvironmentDifference['weight'],
  before: string | number | null,
  after: string | number | null,
): EnvironmentDifference[] {
  return before === after ? [] : [{ name, weight, before: String(before ?? 'unknown'), after: String(after ?? 'unknown') }]
}
