import { UserError } from '../errors.ts'
import type { AppPreflight } from '../measure/preflight.ts'
import type { Environment } from '../result.ts'

/** What has to be as it was: anything of it changes costs. */
const POINTS = [
  ['node', 'Node'],
  ['v8', 'V8'],
  ['suiteVersion', 'the suite'],
  ['commit', 'the commit of the suite'],
  ['platform', 'the platform'],
  ['arch', 'the architecture'],
  ['kernel', 'the kernel'],
  ['cpuModel', 'the processor'],
  ['cpus', 'the number of CPUs'],
  ['serverCpu', "the server's CPU"],
  ['loadCpu', "the load generator's CPU"],
  ['driverVersion', 'the load driver'],
] as const satisfies readonly (readonly [keyof Environment, string])[]

type Compared = Pick<Environment, (typeof POINTS)[number][0]>

/**
 * A run may go on only where it began: rounds of two environments would be one number that means neither.
 * @throws {UserError} `environment-changed`
 */
export function assertSameEnvironment(before: Compared, now: Compared): void {
  for (const [key, title] of POINTS) {
    if (before[key] !== now[key]) throw changed(title, before[key], now[key])
  }
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

function changed(what: string, before: unknown, now: unknown): UserError {
  return new UserError(
    'environment-changed',
    `this run cannot go on: ${what} was ${before ?? 'unknown'} and is ${now ?? 'unknown'} now`,
    {
      hint: 'start a new run; npm run diff compares the two',
    },
  )
}
