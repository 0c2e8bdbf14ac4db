import { type Deployment, type DeploymentPlan, processOf, workersOf } from '../servers/deployment.ts'
import { mean, meanOrNull } from '../statistics/summary.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { countProcesses, endpointsOf, type Plan, planRound } from './plan.ts'
import type { Rig } from './rig.ts'
import { costNs } from './sample.ts'
import { measureSlice } from './slice.ts'
import { cellName, wholeApps } from './slice-failure.ts'
import { WARM_UP_TURN_MILLISECONDS } from './warm-up.ts'
import type { CurvePoint } from './warm-up-length.ts'

const PILOT_ROUND = 0

export interface PilotContext {
  readonly rig: Rig
  readonly plan: Plan
  readonly failed: ReadonlySet<string>
  /** Load per process. */
  readonly milliseconds: number
  readonly signal: AbortSignal
  progress(share: number): void
}

/** What a pilot has seen. */
export interface Pilot {
  readonly curves: ReadonlyMap<string, readonly CurvePoint[]>
  /** How long a slice really takes, drain included; null when nothing was answered. */
  readonly meanSliceMilliseconds: number | null
}

/**
 * Watches fresh processes warm up: cost against load time, one curve per app, from the first request on. Nothing of it is used for
 * results; it says how long the warm-up of every round has to be. What goes wrong here is left to the rounds to report.
 */
export async function warmUpCurves(context: PilotContext): Promise<Pilot> {
  const { rig, plan, failed } = context
  const fleet = await startFleet(rig, plan, { ...planRound(plan, PILOT_ROUND, 0), without: wholeApps(plan, failed) })
  const curves = new Map<string, CurvePoint[]>()
  let loadedInAll = 0
  let slices = 0
  try {
    const deployments = onePerProcess(fleet.deployments).filter(({ plan }) => isInPilot(plan))
    for (const [index, deployment] of deployments.entries()) {
      const { app } = deployment.plan
      const endpoints = endpointsOf(plan, deployment.plan).filter((endpoint) => !failed.has(cellName(app, endpoint)))
      const curve: CurvePoint[] = []
      curves.set(app, curve)
      // Workers share the load, and each of them has to be warmed up by it.
      const workers = workersOf(deployment.plan)
      const milliseconds = context.milliseconds * workers
      for (let loaded = 0; loaded < milliseconds && !context.signal.aborted; ) {
        context.progress((index + loaded / milliseconds) / deployments.length)
        const logCosts: number[] = []
        const helperShares: number[] = []
        const loadedBefore = loaded
        const cpuDistanceNs = await rig.cpuDistance()
        for (const [position, endpoint] of endpoints.entries()) {
          const order = {
            round: PILOT_ROUND,
            block: curve.length,
            endpoint,
            position,
            attempt: 0,
            cpuDistanceNs,
            request: plan.endpoints.indexOf(endpoint),
          }
          const turn = WARM_UP_TURN_MILLISECONDS
          const { slice } = await measureSlice(fleet.session, deployment, { ...order, milliseconds: turn }, rig)
          logCosts.push(Math.log(costNs(slice)))
          if (slice.helperCpuNs !== null) helperShares.push(slice.helperCpuNs / slice.serverCpuNs)
          // Slow answers make a slice longer than it was asked to be.
          loaded += Math.max(turn, slice.elapsedNs / 1e6)
          slices++
        }
        const logCost = mean(logCosts)
        // An app that answers nothing ends its curve here and its measurement in the first round.
        if (!Number.isFinite(logCost)) break
        loadedInAll += loaded - loadedBefore
        curve.push({ milliseconds: loaded / workers, logCost, cpuDistanceNs, helperShare: meanOrNull(helperShares) })
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

/** The first deployment of every process that runs. */
function onePerProcess(deployments: Fleet['deployments']): Deployment[] {
  const running = deployments.filter((deployment) => deployment !== null)
  return [...Map.groupBy(running, ({ plan }) => processOf(plan)).values()].map(([first]) => first!)
}

/** One copy of the baseline is enough: it shows nothing that the other would not. */
function isInPilot({ id, app }: DeploymentPlan): boolean {
  return id === app
}
