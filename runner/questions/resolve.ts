import { BASELINE } from '../../apps/app.ts'
import { drivers } from '../load/drivers.ts'
import { type CompareOptions, DEFAULT_SLICE_MILLISECONDS } from '../measure/options.ts'
import { COPIES, type Plan, planDeployments } from '../measure/plan.ts'
import { type ResolvedApp, resolveApp } from '../servers/find-app.ts'

/** Finds every app; the baseline comes first, and two of one name are told apart by a number. */
export function resolveApps(names: readonly string[], cwd: string, baseline = BASELINE): ResolvedApp[] {
  // First, so that it keeps its name even if a stranger's folder is called the same.
  const wanted = [baseline, ...names.filter((name, index) => name !== baseline || names.indexOf(name) < index)]
  const taken = new Set<string>()
  return wanted.map((name) => {
    const app = resolveApp(name, cwd)
    let id = app.id
    for (let copy = 2; taken.has(id); copy++) id = `${app.id}-${copy}`
    taken.add(id)
    return { ...app, id }
  })
}

/** The plan that options and apps come to; the first app is the baseline. */
export function planOf(options: CompareOptions, apps: readonly ResolvedApp[]): Plan {
  const { slice } = drivers[options.driver]()
  const baseline = apps[0]!.id
  return {
    seed: options.seed,
    baseline,
    deployments: planDeployments(apps, baseline, options.transport, COPIES),
    endpoints: options.endpoints,
    connections: options.connections,
    sliceMilliseconds: options.slice ?? slice?.milliseconds ?? DEFAULT_SLICE_MILLISECONDS,
    blocksPerRound: options.blocks ?? slice?.blocks ?? null,
    // A driver with slices of its own has no pulses short enough for a warm-up curve.
    warmUpMilliseconds: options.warmUp === null ? (slice?.milliseconds ?? null) : options.warmUp * 1000,
  }
}
