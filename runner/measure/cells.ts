import type { Plan } from '../plan.ts'

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
  const apps = plan.deployments.map(({ app }) => app)
  return new Set(apps.filter((app) => failed.has(app) || plan.endpoints.every((endpoint) => failed.has(cellName(app, endpoint)))))
}
