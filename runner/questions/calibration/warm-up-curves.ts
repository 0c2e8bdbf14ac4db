import { startFleet } from '../../measure/fleet.ts'
import { type Plan, planRound } from '../../measure/plan.ts'
import { costNs, UNSIZED } from '../../measure/records.ts'
import type { Rig } from '../../measure/rig.ts'
import { measureSlice } from '../../measure/slice.ts'
import { WARM_UP, WARM_UP_TURN_MILLISECONDS } from '../../measure/warm-up.ts'
import { CompilerWatch, isWarm } from '../../measure/warmth.ts'
import type { DeploymentPlan } from '../../servers/deployment.ts'
import { mean, meanOrNull } from '../../statistics/summary.ts'

const NO_ROUND = 0

/**
 * Watches fresh processes warm up: cost against load time, one curve per app, from the first request on.
 * @param perProcess milliseconds of load
 */
export async function warmUpCurves(
  rig: Rig,
  plan: Plan,
  perProcess: number,
  { signal, progress }: { readonly signal: AbortSignal; progress(share: number): void },
): Promise<ReadonlyMap<string, readonly CurvePoint[]>> {
  const planned = planRound(plan, NO_ROUND, UNSIZED)
  const startOrder = planned.startOrder.filter((index) => isWatched(plan.deployments[index]!))
  const fleet = await startFleet(rig, plan, { ...planned, startOrder }, new Set())
  const curves = new Map<string, CurvePoint[]>()
  try {
    const deployments = fleet.deployments.filter((deployment) => deployment !== null)
    for (const [index, deployment] of deployments.entries()) {
      const { app } = deployment.plan
      const curve: CurvePoint[] = []
      curves.set(app, curve)
      for (let milliseconds = 0; milliseconds < perProcess && !signal.aborted; ) {
        progress((index + milliseconds / perProcess) / deployments.length)
        const logCosts: number[] = []
        const helperShares: number[] = []
        const turn = { round: NO_ROUND, block: curve.length, attempt: 0, cpuDistanceNs: await rig.cpuDistance() }
        for (const [position, endpoint] of plan.endpoints.entries()) {
          const request = plan.endpoints.indexOf(endpoint)
          const order = { ...turn, position, endpoint, request, milliseconds: WARM_UP_TURN_MILLISECONDS }
          const { slice } = await measureSlice(fleet.session, deployment, order, rig)
          logCosts.push(Math.log(costNs(slice)))
          if (slice.helperCpuNs !== null) helperShares.push(slice.helperCpuNs / slice.serverCpuNs)
          // Slow answers make a slice longer than it was asked to be.
          milliseconds += Math.max(WARM_UP_TURN_MILLISECONDS, slice.elapsedNs / 1e6)
        }
        const logCost = mean(logCosts)
        // An app that answers nothing ends its curve here.
        if (!Number.isFinite(logCost)) break
        curve.push({ milliseconds, logCost, helperShare: meanOrNull(helperShares) })
      }
    }
  } finally {
    await fleet.stop()
  }
  return curves
}

/** One copy of the baseline is enough: it shows nothing that the other would not. */
function isWatched({ id, app }: DeploymentPlan): boolean {
  return id === app
}

/** Cost of one app at one moment of its life. */
export interface CurvePoint {
  /** Load time since the first request, milliseconds. */
  readonly milliseconds: number
  /** ln of nanoseconds per request, averaged over the endpoints. */
  readonly logCost: number
  /** Of its CPU time, what V8's compiler and garbage collector took on threads of their own; null: unknown. */
  readonly helperShare: number | null
}

/** When the rule of the warm-up calls a process warm, milliseconds of its CPU time. */
export function warmAfter(curve: readonly CurvePoint[]): number {
  const compiler = new CompilerWatch()
  let helperMilliseconds = 0
  let last = 0
  for (const { milliseconds, helperShare } of curve) {
    helperMilliseconds += (helperShare ?? 0) * (milliseconds - last)
    compiler.note(milliseconds, helperShare === null ? null : helperMilliseconds * 1e6)
    last = milliseconds
    if (isWarm(milliseconds, compiler, WARM_UP)) return milliseconds
  }
  return Math.max(last, WARM_UP.least)
}
