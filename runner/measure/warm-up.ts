import type { Deployment } from '../deployment/deployment.ts'
import type { LoadSession } from '../load/driver.ts'
import type { Failure } from './fleet.ts'
import { pulseOrder } from './slice.ts'
import { sliceFailure } from './slice-failure.ts'

/** Short enough that every endpoint gets many turns, so that type feedback does not depend on which one came first. */
const TURN_MILLISECONDS = 20
/** One request per connection, or a few: enough for an endpoint that is nearly all work of its own. */
const SHORT_TURN_MILLISECONDS = 1
/** An endpoint that answers fewer requests in a turn spends its time behind the framework, and teaches the compiler little of it. */
const FEW_REQUESTS = 200

/**
 * How long the turns of each endpoint of one process shall be: all alike at first, then short for the slow ones, so that the warm-up goes
 * to the code that has to be compiled.
 */
export class WarmUpTurns {
  readonly #short = new Set<string>()

  /** Milliseconds. */
  lengthOf(endpoint: string): number {
    return this.#short.has(endpoint) ? SHORT_TURN_MILLISECONDS : TURN_MILLISECONDS
  }

  /** Told of every turn. */
  took(endpoint: string, requests: number): void {
    if (requests < FEW_REQUESTS) this.#short.add(endpoint)
  }
}

/** A server that does not get its CPU is not waited for longer than this many times the warm-up. */
const LONGEST_WAIT = 4
/** The ramps of a turn are not all work; no turn more because of them. */
const ENOUGH = 0.97

/**
 * Loads one deployment, all its endpoints in turn, until it has worked for a while; what it answers is checked but not measured. Work is
 * the server's own CPU time: on a machine with other things to do, a time on the clock would leave it colder.
 * @param milliseconds of the server's CPU time where it can be metered from outside, else of load
 */
export async function warmUp(
  session: LoadSession,
  deployment: Deployment,
  endpoints: readonly { endpoint: string; request: number }[],
  milliseconds: number,
  signal: AbortSignal,
  fail: (failure: Failure) => void,
): Promise<void> {
  const out = new Set<string>()
  const turns = new WarmUpTurns()
  const work = await workMeter(deployment)
  for (let loaded = 0, worked = 0; worked < milliseconds * ENOUGH && loaded < milliseconds * LONGEST_WAIT && !signal.aborted; ) {
    if (out.size === endpoints.length) return
    for (const { endpoint, request } of endpoints) {
      if (out.has(endpoint)) continue
      const turn = turns.lengthOf(endpoint)
      const { firstProblem, ...outcome } = await session.pulse(pulseOrder(deployment.plan.id, request, turn, false))
      turns.took(endpoint, outcome.requests)
      // A driver may take longer than it was asked to: wrk knows whole seconds only.
      loaded += Math.max(turn, outcome.elapsedNs / 1e6)
      const failure = sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
      if (failure === null) continue
      fail(failure)
      if (failure.endpoint === null) return
      out.add(endpoint)
    }
    worked = (await work()) ?? loaded
  }
}

/** CPU milliseconds of a server from now on; null where asking would cost it some. */
async function workMeter(deployment: Deployment): Promise<() => Promise<number | null>> {
  if (!deployment.meteredFromOutside) return async () => null
  const { cpuNs: before } = await deployment.cpu()
  return async () => ((await deployment.cpu()).cpuNs - before) / 1e6
}
