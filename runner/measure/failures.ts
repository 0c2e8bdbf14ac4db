import { setTimeout as sleep } from 'node:timers/promises'
import { type Deployment, DeploymentError } from '../servers/deployment.ts'
import { endpointsOf, type Plan } from './plan.ts'
import type { Failure, Slice } from './records.ts'

/** Connections of a process that dies are closed before its end is told; milliseconds. */
const LAST_WORD = { wait: 300, look: 10 }

/** What has failed so far, and so is out of a run. */
export class Failures {
  readonly #plan: Plan
  /** `app` or `app endpoint`. */
  readonly #out: Set<string>
  /** In the order in which they happened, each cell once. */
  readonly list: Failure[] = []

  /** @param known those before, which are out as well, but not in the list */
  constructor(plan: Plan, known?: Failures) {
    this.#plan = plan
    this.#out = new Set(known === undefined ? [] : known.#out)
  }

  /** False: it is known. The second copy of a baseline that is out says nothing new. */
  add(failure: Failure): boolean {
    const name = cellName(failure.app, failure.endpoint)
    if (this.#out.has(name)) return false
    this.#out.add(name)
    this.list.push(failure)
    return true
  }

  has(app: string, endpoint: string): boolean {
    return this.#out.has(app) || this.#out.has(cellName(app, endpoint))
  }

  /** True when a cell is not to be measured: it failed, or the baseline did where it would be compared with it. */
  isOut(app: string, endpoint: string): boolean {
    return this.has(app, endpoint) || this.has(this.#plan.baseline, endpoint)
  }

  /** Apps of which no cell is left: they are not started again. */
  get wholeApps(): ReadonlySet<string> {
    const failed = this.#plan.deployments.filter((one) =>
      endpointsOf(this.#plan, one).every((endpoint) => this.has(one.app, endpoint)),
    )
    return new Set(failed.map(({ app }) => app))
  }
}

/** The name under which a cell is listed as failed; without an endpoint, the whole app. */
export function cellName(app: string, endpoint: string | null): string {
  return endpoint === null ? app : `${app} ${endpoint}`
}

/** What an app has failed with that did not come up; everything else is thrown on. */
export function startFailure(app: string, error: unknown): Failure {
  if (!(error instanceof DeploymentError)) throw error
  return { app, endpoint: null, code: error.code, reason: error.message, hint: error.hint, lastLines: error.lastLines }
}

/** What a deployment that runs has failed with. @param endpoint null: with everything */
export function failureOf(deployment: Deployment, code: string, reason: string, endpoint: string | null = null): Failure {
  return { app: deployment.plan.app, endpoint, code, reason, hint: null, lastLines: deployment.lastLines() }
}

/** A response that is wrong or missing breaks the contract: what was measured was not the work requested. */
export async function sliceFailure(
  deployment: Deployment,
  outcome: Pick<Slice, 'endpoint' | 'requests' | 'wrongAnswers' | 'lost' | 'timeouts' | 'broken'>,
  firstProblem: string | null,
): Promise<Failure | null> {
  const { app } = deployment.plan
  const { endpoint, wrongAnswers, lost, timeouts, broken, requests } = outcome
  const ended = broken || lost > timeouts ? await soonEnded(deployment) : deployment.ended()
  const first = firstProblem === null ? '' : `: ${firstProblem}`
  const failed = (code: string, reason: string, where: string | null = null): Failure =>
    failureOf(deployment, code, reason, where)
  if (ended !== null) return failed('died', `${app} ${ended} while ${endpoint} was under load`)
  const sent = requests + wrongAnswers + lost
  const wrong = `${wrongAnswers} of ${sent} responses were wrong`
  if (broken && wrongAnswers > 0)
    return failed('wrong-answers', `${wrong} under load on ${endpoint}, until the load generator gave up${first}`)
  if (broken) return failed('unreachable', `${app} cannot be reached any more under load on ${endpoint}${first}`)
  if (wrongAnswers + lost === 0) return null
  const missing = `${lost} of ${sent} requests were never answered${timeouts > 0 ? ' in time' : ''}`
  const both = [...(wrongAnswers > 0 ? [wrong] : []), ...(lost > 0 ? [missing] : [])].join(' and ')
  const code = wrongAnswers > 0 ? 'wrong-answers' : 'lost-requests'
  return failed(code, `${both} in a slice under load${first}`, endpoint)
}

/** How a deployment has ended, if it does so in a moment. */
async function soonEnded(deployment: Deployment): Promise<string | null> {
  for (let waited = 0; waited < LAST_WORD.wait && deployment.ended() === null; waited += LAST_WORD.look)
    await sleep(LAST_WORD.look)
  return deployment.ended()
}
