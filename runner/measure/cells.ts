import type { DeploymentPlan } from '../deployment/deployment.ts'
import { endpointsOf, type Plan } from '../plan.ts'

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
