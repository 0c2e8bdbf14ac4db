import type { Deployment } from '../deployment/deployment.ts'
import type { LoadSession } from '../load/driver.ts'
import type { Failure } from './fleet.ts'
import { pulseOrder } from './slice.ts'
import { sliceFailure } from './slice-failure.ts'

/** Short enough that every endpoint gets many turns, so that type feedback does not depend on which one came first. */
export const WARM_UP_TURN_MILLISECONDS = 20

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
  for (let loaded = 0; loaded < milliseconds && out.size < endpoints.length && !signal.aborted; ) {
    for (const { endpoint, request } of endpoints) {
      if (out.has(endpoint)) continue
      const { firstProblem, ...outcome } = await session.pulse(
        pulseOrder(deployment.plan.id, request, WARM_UP_TURN_MILLISECONDS, false),
      )
      // A driver may take longer than it was asked to: wrk knows whole seconds only.
      loaded += Math.max(WARM_UP_TURN_MILLISECONDS, outcome.elapsedNs / 1e6)
      const failure = sliceFailure(deployment, { endpoint, ...outcome }, firstProblem)
      if (failure === null) continue
      fail(failure)
      if (failure.endpoint === null) return
      out.add(endpoint)
    }
  }
}
