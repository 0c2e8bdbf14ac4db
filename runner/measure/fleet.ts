import { formatAddress } from '../../apps/ask.ts'
import { expectedAnswer } from '../../apps/contract.ts'
import type { LoadSession, LoadTarget } from '../load/driver.ts'
import type { CpuPin } from '../machine/child.ts'
import { RunError } from '../result/errors.ts'
import { type Deployment, type DeploymentPlan, deployOn, processOf, type StartOptions } from '../servers/deployment.ts'
import { type ProcessStart, startOf } from './between.ts'
import { failureOf, startFailure } from './failures.ts'
import { endpointsOf, loadOf, type Plan, type PlannedRound } from './plan.ts'
import type { Failure } from './records.ts'
import type { Rig } from './rig.ts'

/** All deployments of one round, up and connected, and the load session that holds the connections. */
export interface Fleet {
  /** By index of the plan; null: not running, because it failed now or before. */
  readonly deployments: readonly (Deployment | null)[]
  /** The processes that run, each without what stands in front of it. */
  readonly processes: readonly Deployment[]
  readonly session: LoadSession
  /** How the processes came up, by deployment id of `processes`; empty where the plan does not ask. */
  readonly starts: ReadonlyMap<string, ProcessStart>
  readonly failures: readonly Failure[]
  stop(): Promise<void>
}

/** As many as a default run has: forty that start at once on one CPU take longer than any of them is given to come up. */
const STARTED_AT_ONCE = 6
const WATCHED_LOOK_MILLISECONDS = 2

/**
 * Starts fresh processes for every deployment and a fresh load generator; an app that does not come up is reported, not thrown.
 * @param without apps that have failed before are not started again
 */
export async function startFleet(
  rig: Rig,
  plan: Plan,
  { startOrder, environmentPadding }: PlannedRound,
  without: ReadonlySet<string>,
): Promise<Fleet> {
  const failures: Failure[] = []
  const deployments: (Deployment | null)[] = plan.deployments.map(() => null)
  const processes = new Map<string, Deployment>()
  const fronted: Deployment[] = []
  const starts = new Map<string, ProcessStart>()
  const opening = rig.driver.open({ cpu: rig.loadCpu })
  // A rejection is awaited below, after the deployments have been started beside it.
  opening.catch(() => {})
  const stop = async () => {
    const session = await opening.catch(() => null)
    await Promise.all([session?.close(), ...[...fronted, ...processes.values()].map((one) => one.stop())])
  }
  const endUnlessNeeded = async (name: string) => {
    if (deployments.some((deployment) => deployment !== null && processOf(deployment.plan) === name)) return
    await processes.get(name)?.stop()
    processes.delete(name)
  }
  const deploy = async (process: Deployment, index: number, start: StartOptions) => {
    const wanted = plan.deployments[index]!
    try {
      const deployment = await deployOn(rig.host, process, wanted, start)
      if (wanted.proxy !== undefined) fronted.push(deployment)
      deployments[index] = deployment
    } catch (error) {
      failures.push(startFailure(wanted.app, error))
    }
  }
  // One that is watched has the CPUs to itself.
  const startedAtOnce = plan.processRecords === undefined ? STARTED_AT_ONCE : 1
  try {
    if (plan.processRecords !== undefined) await opening
    const wanted = startOrder.filter((index) => !without.has(plan.deployments[index]!.app))
    const byProcess = Map.groupBy(wanted, (index) => processOf(plan.deployments[index]!))
    const starting = await inTurns([...byProcess], startedAtOnce, async ([name, sharing]) => {
      // Called by its own name, where the deployment of that name is among those that share it.
      const owner = sharing.find((index) => plan.deployments[index]!.id === name) ?? sharing[0]!
      const wish = plan.deployments[owner]!
      const startOptions = startOptionsOf(rig, plan, wish, environmentPadding[owner]!)
      try {
        const process = await rig.host.start(wish, startOptions)
        processes.set(name, process)
        if (plan.processRecords !== undefined) starts.set(process.plan.id, await startOf(process))
        for (const index of sharing) await deploy(process, index, startOptions)
        await endUnlessNeeded(name)
      } catch (error) {
        for (const index of sharing) failures.push(startFailure(plan.deployments[index]!.app, error))
      }
    })
    // Not before all have been tried: what still starts could not be stopped.
    for (const start of starting) if (start.status === 'rejected') throw start.reason
    const session = await opening
    for (const [index, deployment] of deployments.entries()) {
      if (deployment === null) continue
      try {
        await session.connect(loadTarget(deployment, plan))
      } catch (error) {
        // Only what the load generator says of the app is a fault of the app; its own end is not.
        if (!(error instanceof RunError) || error.code !== 'load-generator') throw error
        const why = deployment.ended() ?? `said it listens on ${formatAddress(deployment.address)}, but ${error.message}`
        failures.push(failureOf(deployment, 'cannot-connect', `${deployment.plan.id} ${why}`))
        deployments[index] = null
        await endUnlessNeeded(processOf(deployment.plan))
      }
    }
    return { deployments, processes: [...processes.values()], session, starts, failures, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What runs, by the name of the process that answers for it, in the order in which processes are warmed up. */
export function inWarmUpOrder({ deployments }: Fleet, { warmUpOrder }: PlannedRound): ReadonlyMap<string, Deployment[]> {
  const running = warmUpOrder.flatMap((index) => deployments[index] ?? [])
  return Map.groupBy(running, ({ plan }) => processOf(plan))
}

/** CPU nanoseconds that all processes of a fleet have used so far, and all that stands in front of them. */
export async function serversCpuNs({ processes, deployments }: Fleet): Promise<number> {
  let cpuNs = 0
  for (const process of processes) cpuNs += (await process.cpu()).cpuNs
  for (const deployment of deployments) {
    if (deployment?.plan.proxy !== undefined) cpuNs += (await deployment.cpu()).proxyCpuNs ?? 0
  }
  return cpuNs
}

/** Where the process of a deployment may run. */
export const pinOf = ({ cpus }: DeploymentPlan, { serverCpu }: Rig): CpuPin => cpus ?? serverCpu

/** How the process of a deployment is started; one that is watched is looked at more often. */
export function startOptionsOf(rig: Rig, plan: Plan, deployment: DeploymentPlan, environmentPadding: number): StartOptions {
  const { path } = expectedAnswer(endpointsOf(plan, deployment)[0]!, plan.answers)
  const start = { cpu: pinOf(deployment, rig), environmentPadding, readyPath: path }
  return plan.processRecords === undefined ? start : { ...start, lookMilliseconds: WATCHED_LOOK_MILLISECONDS }
}

/** Does the work for every item, for so many at a time; all of them are tried, whatever becomes of one. */
async function inTurns<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>) {
  const left = [...items]
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await work(next)
  }
  return Promise.allSettled(Array.from({ length: atOnce }, worker))
}

function loadTarget(deployment: Deployment, plan: Plan): LoadTarget {
  const { connections, keepAlive } = loadOf(plan, deployment.plan)
  const requests = plan.endpoints.map((endpoint) => {
    const { contentType: _, headers: _headers, contentLength: _length, ...told } = expectedAnswer(endpoint, plan.answers)
    return { endpoint, ...told }
  })
  return { id: deployment.plan.id, app: deployment.plan.app, address: deployment.address, connections, keepAlive, requests }
}
