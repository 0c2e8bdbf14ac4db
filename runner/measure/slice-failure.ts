import { setTimeout as sleep } from 'node:timers/promises'
import type { Deployment, DeploymentPlan } from '../servers/deployment.ts'
import type { Failure } from './fleet.ts'
import { endpointsOf, type Plan } from './plan.ts'
import type { Slice } from './sample.ts'

/** Connections of a process that dies are closed before its end is told; milliseconds. */
const LAST_WORD = { wait: 300, look: 10 }

/** A response that is wrong or missing breaks the contract: what was measured was not the work requested. */
export async function sliceFailure(
  deployment: Deployment,
  outcome: Pick<Slice, 'endpoint' | 'requests' | 'wrongAnswers' | 'lost' | 'timeouts' | 'broken'>,
  firstProblem: string | null,
): Promise<Failure | null> {
  const { app } = deployment.plan
  const { endpoint, wrongAnswers, lost, timeouts, broken, requests } = outcome
  const cutOff = broken || lost > timeouts
  const ended = cutOff ? await soonEnded(deployment) : deployment.ended()
  const first = firstProblem === null ? '' : `: ${firstProblem}`
  const all = { app, endpoint: null, hint: null, lastLines: deployment.lastLines }
  if (ended !== null) return { ...all, code: 'died', reason: `${app} ${ended} while ${endpoint} was under load` }
  const sent = requests + wrongAnswers + lost
  if (broken && wrongAnswers > 0) {
    const reason = `${wrongAnswers} of ${sent} responses were wrong under load on ${endpoint}, until the load generator gave up${first}`
    return { ...all, code: 'wrong-answers', reason }
  }
  if (broken)
    return { ...all, code: 'unreachable', reason: `${app} cannot be reached any more under load on ${endpoint}${first}` }
  if (wrongAnswers + lost === 0) return null
  const wrong = wrongAnswers > 0 ? `${wrongAnswers} of ${sent} responses were wrong` : ''
  const missing = lost > 0 ? `${lost} of ${sent} requests were never answered${timeouts > 0 ? ' in time' : ''}` : ''
  const reason = `${[wrong, missing].filter(Boolean).join(' and ')} in a slice under load${first}`
  return {
    app,
    endpoint,
    code: wrongAnswers > 0 ? 'wrong-answers' : 'lost-requests',
    reason,
    hint: null,
    lastLines: deployment.lastLines,
  }
}

/** How a deployment has ended, if it does so in a moment. */
async function soonEnded(deployment: Deployment): Promise<string | null> {
  for (let waited = 0; waited < LAST_WORD.wait && deployment.ended() === null; waited += LAST_WORD.look)
    await sleep(LAST_WORD.look)
  return deployment.ended()
}

/** The name under which a cell is listed as failed; without an endpoint, the whole app. */
export function cellName(app: string, endpoint: string | null): string {
  return endpoint === null ? app : `${app} ${endpoint}`
}

/** True when a cell is not to be measured: it failed, or the baseline did where it would be compared with it. */
export function isOut({ baseline }: Plan, app: string, endpoint: string, out: ReadonlySet<string>): boolean {
  return [app, baseline].some((name) => out.has(name) || out.has(cellName(name, endpoint)))
}

/** Apps of which no cell is left: they are not started again. */
export function wholeApps(plan: Plan, failed: ReadonlySet<string>): Set<string> {
  const isWhole = (deployment: DeploymentPlan) =>
    failed.has(deployment.app) ||
    endpointsOf(plan, deployment).every((endpoint) => failed.has(cellName(deployment.app, endpoint)))
  return new Set(plan.deployments.filter(isWhole).map(({ app }) => app))
}
