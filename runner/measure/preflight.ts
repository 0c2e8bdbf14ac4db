import type { EndpointCheck } from '../../apps/contract.ts'
import { describeViolation } from '../../apps/violation.ts'
import { type Deployment, DeploymentError, type DeploymentPlan, processOf } from '../deployment/deployment.ts'
import { UserError } from '../errors.ts'
import type { Plan } from '../plan.ts'
import type { Bench } from './bench.ts'
import type { Failure } from './fleet.ts'

/** Failures to start that are mistakes of the call, not of the app: the run is refused before anything is measured. */
const USAGE_MISTAKES = new Set(['module-not-found', 'no-default-export', 'not-an-app', 'bad-arguments'])

/** Characters: NODE_OPTIONS may hold a page. */
const LONGEST_FACT = 80

/** What is known of an app before it is measured. */
export interface AppPreflight {
  readonly app: string
  readonly title: string
  readonly package: string | null
  readonly version: string | null
  /** Bytes of status line and headers, by endpoint. */
  readonly headerBytes: ReadonlyMap<string, number>
  /** What its process has otherwise than the baseline's, one part of a sentence each; holds texts of the app. */
  readonly unequal: readonly string[]
}

export interface Preflight {
  readonly apps: readonly AppPreflight[]
  readonly failures: readonly Failure[]
}

/**
 * Starts every app once and checks it against the contract. Apps that break it are reported as failures, cell by cell.
 * @throws UserError when a module given on the command line is no app
 */
export async function preflight(bench: Bench, plan: Plan, signal: AbortSignal): Promise<Preflight> {
  const apps: AppPreflight[] = []
  let baseline: Deployment | null = null
  const failures: Failure[] = []
  for (const sharing of onceEach(plan)) {
    if (signal.aborted) break
    let deployment: Deployment
    try {
      deployment = await bench.host.start(sharing[0]!, { cpu: bench.serverCpu, environmentPadding: 0 })
    } catch (error) {
      failures.push(...sharing.map(({ app }) => notStarted(app, error)))
      continue
    }
    if (sharing.some(({ app }) => app === plan.baseline)) baseline = deployment
    try {
      const checks = await bench.checkContract(deployment, plan.endpoints, plan.answers)
      for (const { app } of sharing) {
        failures.push(...checks.flatMap((check) => contractFailure(app, deployment, check)))
        apps.push({
          app,
          title: deployment.title,
          package: deployment.package,
          version: deployment.version,
          headerBytes: headerBytes(checks),
          unequal: baseline === null ? [] : differences(deployment, baseline),
        })
      }
    } finally {
      await deployment.stop()
    }
  }
  return { apps, failures }
}

/** Every process once, with the deployments that share it; without second copies. */
function onceEach({ deployments }: Plan): DeploymentPlan[][] {
  return [...Map.groupBy(deployments, processOf).values()]
    .map((sharing) => sharing.filter(({ id, app }) => id === app))
    .filter((sharing) => sharing.length > 0)
}

function differences(deployment: Deployment, baseline: Deployment): string[] {
  const names = new Set([...Object.keys(baseline.facts), ...Object.keys(deployment.facts)])
  return [...names].flatMap((name) => {
    const [own, common] = [deployment.facts[name], baseline.facts[name]]
    return own === common ? [] : [`${name} is ${shortened(own)}, ${shortened(common)} for ${baseline.plan.app}`]
  })
}

function shortened(value = 'not known'): string {
  return value.length <= LONGEST_FACT ? value : `${value.slice(0, LONGEST_FACT)}…`
}

function notStarted(app: string, error: unknown): Failure {
  if (!(error instanceof DeploymentError)) throw error
  if (USAGE_MISTAKES.has(error.code))
    throw new UserError(error.code, error.message, { hint: error.hint ?? undefined, cause: error })
  return { app, endpoint: null, code: error.code, reason: error.message, hint: error.hint, lastLines: error.lastLines }
}

function contractFailure(app: string, deployment: Deployment, check: EndpointCheck): Failure[] {
  const [first, ...more] = check.violations
  if (first === undefined) return []
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const wrongPath = check.endpoint === 'wrong-path'
  const where = wrongPath ? 'a wrong path: ' : ''
  const reason = `${where}${describeViolation(first)}${others}`
  return [
    { app, endpoint: wrongPath ? null : check.endpoint, code: 'contract', reason, hint: null, lastLines: deployment.lastLines },
  ]
}

function headerBytes(checks: readonly EndpointCheck[]): Map<string, number> {
  return new Map(checks.flatMap(({ endpoint, headerBytes }) => (headerBytes === null ? [] : [[endpoint, headerBytes] as const])))
}
