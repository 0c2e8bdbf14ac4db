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
