import { differingPoints, environmentPoints, type Point, type StartEnvironment } from '../../machine/environment-points.ts'
import type { AppPreflight } from '../../measure/records.ts'
import { UserError } from '../../result/errors.ts'

/** Beside what makes any environment: CPUs by their numbers. */
const points: readonly Point<StartEnvironment>[] = [
  ...environmentPoints,
  { name: 'V8', of: ({ v8 }) => v8 },
  { name: 'CPU of the server', of: ({ serverCpu }) => serverCpu },
  { name: 'CPU of the load generator', of: ({ loadCpu }) => loadCpu },
]

/**
 * A run may go on only where it began: rounds of two environments would be one number that means neither.
 * @throws {UserError} `environment-changed`
 */
export function assertSameEnvironment(before: StartEnvironment, now: StartEnvironment): void {
  const [first] = differingPoints(points, before, now)
  if (first !== undefined) throw changed(first.point.name, first.before, first.after)
}

/** The same for the apps. @throws {UserError} `environment-changed` */
export function assertSameApps(before: readonly AppPreflight[], now: readonly AppPreflight[]): void {
  for (const { app, version, package: name } of now) {
    const known = before.find((one) => one.app === app)
    if (known !== undefined && (known.version !== version || known.package !== name)) {
      throw changed(app, `${known.package} ${known.version}`, `${name} ${version}`)
    }
  }
}

function changed(what: string, before: string, now: string): UserError {
  return new UserError('environment-changed', `this run cannot go on: ${what} was ${before} and is ${now} now`, {
    hint: 'start a new run; npm run diff compares the two',
  })
}
