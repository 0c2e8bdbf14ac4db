import { mitigationOf, processorType } from '../result/fact.ts'
import type { Environment } from '../result/model.ts'

/** One thing that may differ between two sides. */
export interface Point<Side> {
  readonly name: string
  /** null: not known. Where a value is too long to be shown whole, it may be what is different from the other side. */
  readonly of: (own: Side, other: Side) => string | number | null
  /** Numbers count as equal up to this factor. */
  readonly factor?: number
}

/**
 * What a difference means for the comparison of two runs. `refuse`: their numbers mean different things. `machine`: the ratios are of
 * another machine, so that a change of one is not a change of the app. `warn`: a change of a ratio may come from it as well.
 * `expected`: what people compare runs for.
 */
export type Weight = 'refuse' | 'machine' | 'warn' | 'expected'

export interface WeightedPoint<Side> extends Point<Side> {
  readonly weight: Weight
}

/** What of an environment is known before the first round. */
export type StartEnvironment = Pick<
  Environment,
  | ('node' | 'v8' | 'suiteVersion' | 'commit' | 'driverVersion')
  | ('platform' | 'arch' | 'kernel' | 'cpuModel' | 'cpu' | 'cpus' | 'hypervisor' | 'clockSource')
  | ('serverCpu' | 'loadCpu' | 'moreLanes' | 'facts')
>

/** What makes an environment, in one list for those who compare two runs and for a run that goes on. */
export const environmentPoints: readonly WeightedPoint<StartEnvironment>[] = [
  { name: 'processor', weight: 'machine', of: ({ cpuModel }) => (cpuModel === 'unknown' ? null : cpuModel) },
  { name: 'type of the CPU', weight: 'machine', of: ({ cpu }) => processorType(cpu) },
  { name: 'microcode', weight: 'machine', of: ({ cpu }) => cpu?.microcode ?? null },
  { name: 'mitigations', weight: 'machine', of: otherMitigations },
  { name: 'kernel', weight: 'machine', of: ({ platform, kernel, arch }) => `${platform} ${kernel} ${arch}` },
  { name: 'pinning', weight: 'machine', of: ({ serverCpu }) => (serverCpu === null ? 'not pinned' : 'pinned') },
  { name: 'cores of server and load generator', weight: 'machine', of: coresOf },
  { name: 'number of CPUs', weight: 'warn', of: ({ cpus }) => cpus },
  { name: 'hypervisor', weight: 'warn', of: ({ hypervisor }) => hypervisor },
  { name: 'clock source', weight: 'warn', of: ({ clockSource }) => clockSource },
  { name: 'version of the load driver', weight: 'warn', of: ({ driverVersion }) => driverVersion },
  { name: 'suite', weight: 'warn', of: ({ suiteVersion }) => suiteVersion },
  { name: 'commit of the suite', weight: 'warn', of: ({ commit }) => commit ?? 'unknown' },
  { name: 'Node', weight: 'expected', of: ({ node }) => node.replace(/^v/, '') },
]

/** Points at which two sides differ. What only one of them knows, such as a field that older results lack, is no difference. */
export function differingPoints<Side, P extends Point<Side>>(
  points: readonly P[],
  before: Side,
  after: Side,
): { readonly point: P; readonly before: string; readonly after: string }[] {
  return points.flatMap((point) => {
    const [one, other] = [point.of(before, after), point.of(after, before)]
    if (one === null || other === null || areAlike(one, other, point.factor ?? 1)) return []
    return [{ point, before: String(one), after: String(other) }]
  })
}

function areAlike(one: string | number, other: string | number, factor: number): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return Math.max(one, other) <= factor * Math.min(one, other)
}

/** Those that are not the same on the other side. */
function otherMitigations({ cpu }: StartEnvironment, { cpu: other }: StartEnvironment): string | null {
  if (cpu?.mitigations == null || other?.mitigations == null) return null
  const names = [...new Set([...Object.keys(cpu.mitigations), ...Object.keys(other.mitigations)])].sort()
  const different = names.filter((name) => mitigationOf(cpu, name) !== mitigationOf(other, name))
  return different.map((name) => `${name}: ${mitigationOf(cpu, name)}`).join('; ')
}

/** By the fact `smt`, which is poor where server and load generator share a core. */
function coresOf({ facts }: StartEnvironment): string | null {
  const grade = facts.find(({ id }) => id === 'smt')?.grade
  return grade === 'poor' ? 'one core' : grade === 'good' ? 'two cores' : null
}
