import { type DeploymentPlan, processOf, workersOf } from '../servers/deployment.ts'
import { mean, meanOrNull, median } from '../statistics/summary.ts'
import { startFleet } from './fleet.ts'
import { countProcesses, endpointsOf, type Plan, planRound } from './plan.ts'
import { costNs, UNSIZED } from './records.ts'
import type { RunContext } from './rig.ts'
import { measureSlice } from './slice.ts'
import { WARM_UP_TURN_MILLISECONDS } from './warm-up.ts'

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
  const planned = planRound(plan, PILOT_ROUND, UNSIZED)
  const startOrder = planned.startOrder.filter((index) => isInPilot(plan.deployments[index]!))
  const fleet = await startFleet(rig, plan, { ...planned, startOrder }, failures.wholeApps)
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

/** Cost of one app at one moment of its life. */
export interface CurvePoint {
  /** Load time since the first request, milliseconds. */
  readonly milliseconds: number
  /** ln of nanoseconds per request, averaged over the endpoints. */
  readonly logCost: number
  /** Of the two CPUs; null or absent: unknown. */
  readonly cpuDistanceNs?: number | null
  /** Of its CPU time, what V8's compiler and garbage collector took on threads of their own; null or absent: unknown. */
  readonly helperShare?: number | null
}

/** An app counts as warm once its smoothed cost has come down this close to where it ends. */
const STEADY = Math.log(1.03)
const SMOOTHED_POINTS = 5
/** A point at a distance of the CPUs that differs by more than this factor from that of the end is not on the same curve. */
const SAME_PLACE = 1.25
/**
 * What the compiler may still take, as a share of the cost. It works in bursts, which no median of costs sees; on a machine of 2026 it
 * took a quarter of the CPU time until 2.2 s had gone by, when the smoothed cost had long come down (docs/precision-log.md).
 */
const COMPILED = 0.01
/** More than this is not the garbage collector's, however long it goes on: a curve that ends too soon must not call it steady. */
const MOST_STEADY_SHARE = 0.05
/** Long enough to have bursts in it. */
const COMPILING_MILLISECONDS = 400
/** The end of the curve that is taken for the steady state. */
const FINAL_SHARE = 1 / 3
/**
 * How long every app shall be warmed up: the longest time any of them took to come within 3 % of its steady cost, and to be compiled.
 * What is left by then fades within the first blocks: the drift over a whole round stays far below 1 %.
 * One length for all, fixed before the rounds: a warm-up that stops by itself in each process would differ between processes
 * (pyperf's objection; Traini et al. 2023 found that such rules guess wrong).
 * @param curves one per app, points in order of time
 * @returns milliseconds, within the limits
 */
export function warmUpLength(curves: readonly (readonly CurvePoint[])[], limits: { least: number; most: number }): number {
  const longest = Math.max(0, ...curves.flatMap((curve) => [warmAfter(curve), compiledAfter(curve)]))
  return Math.round(Math.min(limits.most, Math.max(limits.least, longest)))
}

/**
 * Time after which the smoothed curve has first come down to its steady state; the whole curve when it never does. Only the way down
 * counts: a machine that changes its speed later on, or a garbage collection, says nothing about warming up.
 */
export function warmAfter(all: readonly CurvePoint[]): number {
  const curve = inOnePlace(all)
  if (curve.length < SMOOTHED_POINTS) return curve.at(-1)?.milliseconds ?? 0
  const steady = median(curve.slice(Math.floor(curve.length * (1 - FINAL_SHARE))).map(({ logCost }) => logCost))
  for (let start = 0; start + SMOOTHED_POINTS <= curve.length; start++) {
    const smoothed = median(curve.slice(start, start + SMOOTHED_POINTS).map(({ logCost }) => logCost))
    // The median of a falling curve is met half-way through the window.
    if (smoothed <= steady + STEADY) return curve[start + (SMOOTHED_POINTS - 1) / 2]!.milliseconds
  }
  return curve.at(-1)!.milliseconds
}

/**
 * Time after which the compiler first has hardly anything left to do: helper threads take no more than at the end of the curve, where it
 * is the garbage collector's. The whole curve when they never do; 0 where they are unknown.
 */
export function compiledAfter(curve: readonly CurvePoint[]): number {
  const end = curve.at(-1)?.milliseconds ?? 0
  const shareBetween = (from: number, to: number) => {
    const inside = curve.filter(({ milliseconds }) => milliseconds > from && milliseconds <= to)
    return meanOrNull(inside.map(({ helperShare }) => helperShare ?? null))
  }
  const steady = shareBetween(end * (1 - FINAL_SHARE), end)
  if (steady === null) return 0
  const allowed = Math.min(steady, MOST_STEADY_SHARE) + COMPILED
  for (const from of [0, ...curve.map(({ milliseconds }) => milliseconds)]) {
    if (from + COMPILING_MILLISECONDS > end) break
    const share = shareBetween(from, from + COMPILING_MILLISECONDS)
    if (share !== null && share <= allowed) return from
  }
  return end
}

/** Without the points that were measured while a virtual CPU was somewhere else than at the end: that looks like warming up, and is not. */
function inOnePlace(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const distances = curve.map(({ cpuDistanceNs }) => cpuDistanceNs ?? null)
  const last = distances.slice(Math.floor(curve.length * (1 - FINAL_SHARE))).filter((distance) => distance !== null)
  if (last.length === 0) return curve
  const end = median(last)
  const here = curve.filter((_, index) => {
    const distance = distances[index] ?? end
    return distance < end * SAME_PLACE && distance > end / SAME_PLACE
  })
  return here.length < SMOOTHED_POINTS ? curve : here
}
