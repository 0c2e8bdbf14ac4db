import { autocannonDriver } from './autocannon/session.ts'
import type { LoadDriver } from './driver.ts'
import { FakeWorld, fakeDriver } from './fake.ts'
import { ab, h2load, httperf, wrk } from './load-programs.ts'
import { programDriver } from './program-driver.ts'

/** The registry: what `--driver` may be called. Each is opened for one run. */
export const drivers = {
  autocannon: () => autocannonDriver(false),
  'autocannon-sleeping': () => autocannonDriver(true),
  wrk: () => programDriver(wrk),
  ab: () => programDriver(ab),
  httperf: () => programDriver(httperf),
  h2load: () => programDriver(h2load),
  fake: () => fakeDriver(new FakeWorld()),
} satisfies Record<string, () => LoadDriver>

export type DriverId = keyof typeof drivers

/** What `--help` says of each driver, beside its name; null: nothing. */
export const driverNotes: Readonly<Record<DriverId, string | null>> = {
  autocannon: null,
  'autocannon-sleeping': 'shows the price of wake-ups',
  wrk: 'this and the next three: cross-checks of requests/s',
  ab: null,
  httperf: null,
  h2load: null,
  fake: 'tests',
}
