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

/** Loads one deployment for a while, all its endpoints in turn; what it answers is checked but not measured. */
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
  for (let loaded = 0; loaded < milliseconds && out.size < endpoints.length && !signal.aborted; ) {
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
  }
}
