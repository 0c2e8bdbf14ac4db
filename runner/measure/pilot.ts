import { type DeploymentPlan, processOf, workersOf } from '../servers/deployment.ts'
import { mean, meanOrNull } from '../statistics/summary.ts'
import { startFleet } from './fleet.ts'
import { countProcesses, endpointsOf, type Plan, planRound } from './plan.ts'
import type { RunContext } from './rig.ts'
import { costNs } from './sample.ts'
import { measureSlice } from './slice.ts'
import { WARM_UP_TURN_MILLISECONDS } from './warm-up.ts'
import type { CurvePoint } from './warm-up-length.ts'

const PILOT_ROUND = 0

/**
 * Watches fresh processes warm up: cost against load time, one curve per app, from the first request on. Nothing of it is used for
 * results; it says how long the warm-up of every round has to be. What goes wrong here is left to the rounds to report.
 * @param perProcess milliseconds of load
 * @returns and how long a slice really takes, drain included; null when nothing was answered
 */
export async function warmUpCurves(
  { rig, plan, failures, signal, progress }: Omit<RunContext, 'listener'>,
  perProcess: number,
): Promise<{ curves: ReadonlyMap<string, readonly CurvePoint[]>; meanSliceMilliseconds: number | null }> {
  const fleet = await startFleet(rig, plan, planRound(plan, PILOT_ROUND, 0), failures.wholeApps)
  const curves = new Map<string, CurvePoint[]>()
  let loadedInAll = 0
  let slices = 0
  try {
    const running = fleet.deployments.filter((deployment) => deployment !== null)
    const firstOfEach = [...Map.groupBy(running, (one) => processOf(one.plan)).values()].map(([first]) => first!)
    const deployments = firstOfEach.filter((one) => isInPilot(one.plan))
    for (const [index, deployment] of deployments.entries()) {
      const { app } = deployment.plan
      const endpoints = endpointsOf(plan, deployment.plan).filter((endpoint) => !failures.has(app, endpoint))
      const curve: CurvePoint[] = []
      curves.set(app, curve)
      // Workers share the load, and each of them has to be warmed up by it.
      const workers = workersOf(deployment.plan)
      const milliseconds = perProcess * workers
      for (let loaded = 0; loaded < milliseconds && !signal.aborted; ) {
        progress('pilot', (index + loaded / milliseconds) / deployments.length)
        const logCosts: number[] = []
        const helperShares: number[] = []
        const loadedBefore = loaded
        const turn = { round: PILOT_ROUND, block: curve.length, attempt: 0, cpuDistanceNs: await rig.cpuDistance() }
        for (const [position, endpoint] of endpoints.entries()) {
          const request = plan.endpoints.indexOf(endpoint)
          const order = { ...turn, position, endpoint, request, milliseconds: WARM_UP_TURN_MILLISECONDS }
          const { slice } = await measureSlice(fleet.session, deployment, order, rig)
          logCosts.push(Math.log(costNs(slice)))
          if (slice.helperCpuNs !== null) helperShares.push(slice.helperCpuNs / slice.serverCpuNs)
          // Slow answers make a slice longer than it was asked to be.
          loaded += Math.max(WARM_UP_TURN_MILLISECONDS, slice.elapsedNs / 1e6)
          slices++
        }
        const logCost = mean(logCosts)
        // An app that answers nothing ends its curve here and its measurement in the first round.
        if (!Number.isFinite(logCost)) break
        loadedInAll += loaded - loadedBefore
        const helperShare = meanOrNull(helperShares)
        curve.push({ milliseconds: loaded / workers, logCost, cpuDistanceNs: turn.cpuDistanceNs, helperShare })
      }
    }
  } finally {
    await fleet.stop()
  }
  return { curves, meanSliceMilliseconds: slices > 0 ? loadedInAll / slices : null }
}

/** Processes that a pilot watches, each for its whole time. */
export function pilotProcesses({ deployments }: Plan): number {
  return countProcesses(deployments.filter(isInPilot))
}

/** One copy of the baseline is enough: it shows nothing that the other would not. */
function isInPilot({ id, app }: DeploymentPlan): boolean {
  return id === app
}
