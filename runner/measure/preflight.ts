import type { EndpointCheck } from '../../apps/contract.ts'
import type { Description } from '../../apps/description.ts'
import { describeViolation } from '../../apps/violation.ts'
import { UserError } from '../result/errors.ts'
import { type Deployment, DeploymentError, type DeploymentPlan, processOf } from '../servers/deployment.ts'
import { deployOn } from '../servers/shared.ts'
import { type Failure, startOptionsOf } from './fleet.ts'
import { endpointsOf, type Plan } from './plan.ts'
import type { Rig } from './rig.ts'

/** Failures to start that are mistakes of the call, not of the app: the run is refused before anything is measured. */
const USAGE_MISTAKES = new Set(['module-not-found', 'no-default-export', 'listens-itself', 'not-an-app'])

/** Characters: NODE_OPTIONS may hold a page. */
const LONGEST_FACT = 80

type Facts = Description['facts']

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
export async function preflight(rig: Rig, plan: Plan, signal: AbortSignal): Promise<Preflight> {
  const apps: AppPreflight[] = []
  let baseline: Facts | null = null
  const failures: Failure[] = []
  for (const sharing of onceEach(plan)) {
    if (signal.aborted) break
    let process: Deployment
    let description: Description
    try {
      description = await rig.host.describe(sharing[0]!)
      process = await rig.host.start(sharing[0]!, startOptionsOf(rig, plan, sharing[0]!, 0))
    } catch (error) {
      failures.push(...sharing.map(({ app }) => notStarted(app, error)))
      continue
    }
    const facts = { ...description.facts, ...process.facts }
    if (sharing.some(({ app }) => app === plan.baseline)) baseline = facts
    try {
      for (const alike of reachedAlike(sharing)) {
        const checked = await checkDeployment(rig, plan, process, alike, { ...description, facts, baseline })
        apps.push(...checked.apps)
        failures.push(...checked.failures)
      }
    } finally {
      await process.stop()
    }
  }
  return { apps, failures }
}

/** Checks what one way of reaching a process answers, for all deployments that are reached so. */
async function checkDeployment(
  rig: Rig,
  plan: Plan,
  process: Deployment,
  alike: readonly DeploymentPlan[],
  { title, package: packageName, version, facts, baseline }: Description & { readonly baseline: Facts | null },
): Promise<Preflight> {
  let deployment: Deployment
  try {
    deployment = await deployOn(rig.host, process, alike[0]!, startOptionsOf(rig, plan, alike[0]!, 0))
  } catch (error) {
    return { apps: [], failures: alike.map(({ app }) => notStarted(app, error)) }
  }
  try {
    const endpoints = endpointsOf(plan, deployment.plan)
    const checks = await rig.checkContract(deployment, endpoints, plan.answers)
    // What is no app on this Node has other facts, and none of them is a mistake.
    const unequal = baseline === null || deployment.plan.runtime !== undefined ? [] : differences(facts, baseline, plan.baseline)
    return {
      failures: alike.flatMap(({ app }) => checks.flatMap((check) => contractFailure(app, deployment, check))),
      apps: alike.map(({ app }) => ({ app, title, package: packageName, version, headerBytes: headerBytes(checks), unequal })),
    }
  } finally {
    if (deployment !== process) await deployment.stop()
  }
}

/** Deployments of one process that are reached alike and asked for the same. */
function reachedAlike(sharing: readonly DeploymentPlan[]): DeploymentPlan[][] {
  return [...Map.groupBy(sharing, ({ proxy, endpoints }) => JSON.stringify([proxy, endpoints])).values()]
}

/** Every process once, with the deployments that share it; without second copies. */
function onceEach({ deployments }: Plan): DeploymentPlan[][] {
  return [...Map.groupBy(deployments, processOf).values()]
    .map((sharing) => sharing.filter(({ id, app }) => id === app))
    .filter((sharing) => sharing.length > 0)
}

function differences(facts: Facts, baseline: Facts, baselineApp: string): string[] {
  const names = new Set([...Object.keys(baseline), ...Object.keys(facts)])
  return [...names].flatMap((name) => {
    const [own, common] = [facts[name], baseline[name]]
    return own === common ? [] : [`${name} is ${shortened(own)}, ${shortened(common)} for ${baselineApp}`]
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
