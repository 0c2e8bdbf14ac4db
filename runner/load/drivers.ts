import { autocannonDriver } from './autocannon/session.ts'
import type { LoadDriver } from './driver.ts'
import { FakeWorld, fakeDriver } from './fake.ts'
import { wrkDriver } from './wrk.ts'

/** The registry: what `--driver` may be called. Each is opened for one run. */
export const drivers = {
  autocannon: () => autocannonDriver(false),
  'autocannon-sleeping': () => autocannonDriver(true),
  wrk: () => wrkDriver,
  fake: () => fakeDriver(new FakeWorld()),
} satisfies Record<string, () => LoadDriver>

export type DriverId = keyof typeof drivers

/** What `--help` says of each driver, beside its name; null: nothing. */
export const driverNotes: Readonly<Record<DriverId, string | null>> = {
  autocannon: null,
  'autocannon-sleeping': 'shows the price of wake-ups',
  wrk: 'cross-check of requests/s',
  fake: 'tests',
}
