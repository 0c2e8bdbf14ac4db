import type { Deployment } from '../servers/deployment.ts'
import type { RoundInProgress } from './block.ts'
import { sliceFailure } from './failures.ts'
import { endpointsOf } from './plan.ts'
import { pulseOrder } from './slice.ts'

/**
 * Short enough that every endpoint gets many turns, so that type feedback does not depend on which one came first. The same for slow
 * endpoints: with short turns for `lookup` koa and express were colder after the same time, not warmer (docs/precision-log.md).
 */
export const WARM_UP_TURN_MILLISECONDS = 20

/** A server that does not get its CPU is not waited for longer than this many times the warm-up. */
const LONGEST_WAIT = 4
/** A server that works for less than this share of the time under load waits for something else, and longer does not warm it. */
const HARDLY_WORKING = 0.1
/** The ramps of a turn are not all work; no turn more because of them. */
const ENOUGH = 0.97

/**
 * Loads one process, all its cells in turn, until it has worked for a while; what it answers is checked but not measured. Work is the
 * server's own CPU time: on a machine with other things to do, a time on the clock would leave it colder.
 * @param deployments all of the same process
 * @param milliseconds of the server's CPU time
 */
export async function warmUp(
  { plan, fleet, failures, capacities, signal }: RoundInProgress,
  deployments: readonly Deployment[],
  milliseconds: number,
): Promise<void> {
  const cells = deployments.flatMap((deployment) =>
    endpointsOf(plan, deployment.plan)
      .filter((endpoint) => !failures.isOut(deployment.plan.app, endpoint))
      .map((endpoint) => ({ deployment, endpoint, request: plan.endpoints.indexOf(endpoint) })),
  )
  if (cells.length === 0) return
  const out = new Set<(typeof cells)[number]>()
  const work = await workMeter(deployments[0]!)
  for (let loaded = 0, worked = 0; worked < milliseconds * ENOUGH && !signal.aborted; ) {
    if (loaded >= milliseconds * (worked < loaded * HARDLY_WORKING ? 1 : LONGEST_WAIT)) return
    if (out.size === cells.length) return
    for (const cell of cells) {
      if (out.has(cell)) continue
      const { deployment, endpoint, request } = cell
      const order = pulseOrder(deployment.plan, request, WARM_UP_TURN_MILLISECONDS, false)
      const { firstProblem, ...outcome } = await fleet.session.pulse(order)
      capacities.note(deployment.plan.id, request, outcome)
      // A driver may take longer than it was asked to: wrk knows whole seconds only.
      loaded += Math.max(WARM_UP_TURN_MILLISECONDS, outcome.elapsedNs / 1e6)
      const failure = await sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
      if (failure === null) continue
      failures.add(failure)
      const failed = cells.filter((one) => one.deployment === deployment && [null, one.endpoint].includes(failure.endpoint))
      for (const one of failed) out.add(one)
    }
    worked = await work()
  }
}

/** CPU milliseconds of a server from now on, without what stands in front of it. */
async function workMeter(deployment: Deployment): Promise<() => Promise<number>> {
  const worked = async () => {
    const { cpuNs, proxyCpuNs = 0 } = await deployment.cpu()
    return (cpuNs - proxyCpuNs) / 1e6
  }
  const before = await worked()
  return async () => (await worked()) - before
}
