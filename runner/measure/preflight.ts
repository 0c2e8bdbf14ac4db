import type { EndpointCheck } from '../../apps/contract.ts'
import type { Description } from '../../apps/description.ts'
import { describeViolation } from '../../apps/violation.ts'
import { UserError } from '../result/errors.ts'
import { type Deployment, type DeploymentPlan, deployOn, manifestOf, nodeFlagsOf, processOf } from '../servers/deployment.ts'
import { failureOf, startFailure } from './failures.ts'
import { startOptionsOf } from './fleet.ts'
import { endpointsOf, loadOf, type Plan } from './plan.ts'
import type { AppPreflight, Failure } from './records.ts'
import type { Rig } from './rig.ts'

/** Failures to start that are mistakes of the call, not of the app: the run is refused before anything is measured. */
const USAGE_MISTAKES = new Set(['module-not-found', 'no-default-export', 'listens-itself', 'not-an-app', 'bad-node-flags'])

/** Characters: NODE_OPTIONS may hold a page. */
const LONGEST_FACT = 80

type Facts = Description['facts']

/**
 * Starts every app once and checks it against the contract. Apps that break it are reported as failures, cell by cell.
 * @throws UserError when a module given on the command line is no app
 */
export async function preflight(rig: Rig, plan: Plan, signal: AbortSignal) {
  const apps: AppPreflight[] = []
  const failures: Failure[] = []
  let baseline: Facts | null = null
  for (const sharing of onceEach(plan)) {
    if (signal.aborted) break
    const [first] = sharing
    let process: Deployment
    let description: Description
    try {
      description = await rig.host.describe(first!)
      process = await rig.host.start(first!, startOptionsOf(rig, plan, first!, 0))
    } catch (error) {
      failures.push(...notStarted(sharing, error))
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
  { facts, baseline, ...description }: Description & { readonly baseline: Facts | null },
) {
  let deployment: Deployment
  try {
    deployment = await deployOn(rig.host, process, alike[0]!, startOptionsOf(rig, plan, alike[0]!, 0))
  } catch (error) {
    return { apps: [], failures: notStarted(alike, error) }
  }
  try {
    const { connections } = loadOf(plan, deployment.plan)
    const load = { connections, ...(plan.answers && { answers: plan.answers }) }
    const checks = await rig.checkContract(deployment, endpointsOf(plan, deployment.plan), load)
    // What is no app on this Node has other facts, and none of them is a mistake.
    const isOther = baseline === null || deployment.plan.runtime !== undefined
    const asked = askedFor(deployment.plan)
    const unequal = isOther ? [] : differences(facts, baseline, plan.baseline).filter(({ name }) => !asked.has(name))
    const known = checks.flatMap(({ endpoint, headerBytes }) => (headerBytes === null ? [] : [[endpoint, headerBytes] as const]))
    const headerBytes = new Map(known)
    return {
      failures: alike.flatMap(({ app }) => checks.flatMap((check) => contractFailure(app, deployment, check))),
      apps: alike.map(({ app }) => ({ app, ...description, headerBytes, unequal: unequal.map(({ told }) => told) })),
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
  const firstCopies = deployments.filter(({ id, app }) => id === app)
  return [...Map.groupBy(firstCopies, processOf).values()]
}

/** Facts that somebody wants to be otherwise. */
function askedFor(plan: DeploymentPlan): Set<string> {
  return new Set([...(nodeFlagsOf(plan).length > 0 ? ['execArgv'] : []), ...Object.keys(plan.env ?? {})])
}

function differences(facts: Facts, baseline: Facts, baselineApp: string): { readonly name: string; readonly told: string }[] {
  return Object.keys({ ...baseline, ...facts }).flatMap((name) => {
    const [own, common] = [facts[name], baseline[name]]
    return own === common ? [] : [{ name, told: `${name} is ${shortened(own)}, ${shortened(common)} for ${baselineApp}` }]
  })
}

function shortened(value = 'not known'): string {
  return value.length <= LONGEST_FACT ? value : `${value.slice(0, LONGEST_FACT)}…`
}

function notStarted(deployments: readonly DeploymentPlan[], error: unknown): Failure[] {
  return deployments.map((plan) => {
    const { app, program } = plan
    const failure = startFailure(app, error)
    const { code, hint, lastLines } = failure
    const last = lastLines.at(-1)
    const reason = program === undefined || last === undefined ? failure.reason : `${failure.reason}: ${shortened(last)}`
    // What somebody wrote a manifest for has to run at all.
    const isMistake = USAGE_MISTAKES.has(code) || manifestOf(plan) !== null
    if (isMistake) throw new UserError(code, reason, { hint: hint ?? undefined, cause: error })
    return failure
  })
}

function contractFailure(app: string, deployment: Deployment, { endpoint, violations }: EndpointCheck): Failure[] {
  const [first, ...more] = violations
  if (first === undefined) return []
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const wrongPath = endpoint === 'wrong-path'
  const reason = `${wrongPath ? 'a wrong path: ' : ''}${describeViolation(first)}${others}`
  return [{ ...failureOf(deployment, 'contract', reason, wrongPath ? null : endpoint), app }]
}
