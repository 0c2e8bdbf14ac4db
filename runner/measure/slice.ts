import type { Arrivals } from '../load/arrivals.ts'
import type { LoadSession, PulseOrder } from '../load/driver.ts'
import { type CpuReading, helperNs, waitNs } from '../machine/process-tree.ts'
import type { Deployment, DeploymentPlan } from '../servers/deployment.ts'
import type { Slice } from './records.ts'
import type { Rig } from './rig.ts'

/** How long a server may take to answer what is in flight when the gate closes, before the slice is given up. */
const DRAIN_LIMIT_MILLISECONDS = 3_000
/** A server that still uses CPU after so many looks has work of its own; that work is its own cost. */
const SETTLE_READS = 12

export interface SliceOrder extends Pick<Slice, 'round' | 'block' | 'endpoint' | 'position' | 'attempt' | 'cpuDistanceNs'> {
  readonly request: number
  readonly milliseconds: number
  /** When requests are due; absent: the next request of a connection follows the answer. */
  readonly arrivals?: Arrivals
  /** Only there so that what follows is like a load without a break: its latencies are none. */
  readonly isLeadIn?: true
}

/**
 * One slice of one cell: counters, pulse, counters. The second reading waits until the server has gone to sleep, because the
 * kernel books a running thread's time only when it stops running.
 * @param clock monotonic, nanoseconds; and what the runner itself has used
 * @returns and, apart from the sample that is kept, the first thing that went wrong in it
 */
export async function measureSlice(
  session: LoadSession,
  deployment: Deployment,
  order: SliceOrder,
  clock: Pick<Rig, 'now' | 'ownCpuNs' | 'sharesCpuWithRunner'>,
): Promise<{ slice: Slice; firstProblem: string | null }> {
  const { request, milliseconds, arrivals, isLeadIn = false, ...place } = order
  const [loadBefore, ownBeforeNs, sharesBefore] = [await session.cpu(), clock.ownCpuNs(), await deployment.cpuShares()]
  const before = await deployment.cpu()
  const startedNs = clock.now()
  const { firstProblem, ...pulse } = await session.pulse({
    ...pulseOrder(deployment.plan, request, milliseconds, !isLeadIn),
    arrivals,
  })
  const after = await settledCpu(deployment)
  const [loadAfter, sharesAfter] = [await session.cpu(), await deployment.cpuShares()]
  const ownNs = clock.sharesCpuWithRunner ? clock.ownCpuNs() - ownBeforeNs : 0
  const slice: Slice = {
    ...place,
    disturbance: null,
    deployment: deployment.plan.id,
    startedNs,
    ...pulse,
    serverCpuNs: after.cpuNs - before.cpuNs,
    proxyCpuNs: difference(after.proxyCpuNs, before.proxyCpuNs),
    helperCpuNs: helperNs(before, after),
    serverRunDelayNs: after.runDelayNs - before.runDelayNs,
    serverWaitNs: waitNs(before, after),
    loadWaitNs: waitNs(loadBefore, loadAfter, ownNs),
    userNs: difference(sharesAfter?.userNs, sharesBefore?.userNs),
    systemNs: difference(sharesAfter?.systemNs, sharesBefore?.systemNs),
    loadCpuNs: difference(loadAfter?.cpuNs, loadBefore?.cpuNs),
  }
  return { slice, firstProblem }
}

/** A pulse on a deployment, in the way in which it is to be asked; without latencies for warming up. */
export function pulseOrder(plan: DeploymentPlan, request: number, milliseconds: number, recordLatency: boolean): PulseOrder {
  const { id: target, load } = plan
  const drainLimitMilliseconds = DRAIN_LIMIT_MILLISECONDS
  return { target, request, milliseconds, drainLimitMilliseconds, recordLatency, sleeps: load?.sleeps }
}

/** What a server has used, once it has gone to sleep after a load. */
export async function settledCpu(deployment: Deployment): Promise<CpuReading> {
  let last = await deployment.cpu()
  for (let read = 0; read < SETTLE_READS; read++) {
    await new Promise((resolve) => setImmediate(resolve))
    const next = await deployment.cpu()
    if (next.cpuNs === last.cpuNs) return next
    last = next
  }
  return last
}

function difference(after: number | undefined, before: number | undefined): number | null {
  return after === undefined || before === undefined ? null : after - before
}
