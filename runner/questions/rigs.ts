import { setTimeout as sleep } from 'node:timers/promises'
import { checkContract, type EndpointCheck } from '../../apps/contract.ts'
import type { RunFacts } from '../analysis/facts.ts'
import type { LoadDriver } from '../load/driver.ts'
import { type DriverId, drivers } from '../load/drivers.ts'
import { FakeWorld, fakeDriver } from '../load/fake.ts'
import { type CpuDistanceMeter, openCpuDistanceMeter } from '../machine/cpu-distance.ts'
import { kernelCounters } from '../machine/kernel-counters.ts'
import type { CpuPlacement } from '../machine/placement.ts'
import { canReadProcessTree } from '../machine/process-tree.ts'
import { readCpuTicks } from '../machine/procfs.ts'
import type { Rig } from '../measure/rig.ts'
import { UserError } from '../result/errors.ts'
import { localHost } from '../servers/local-host.ts'

const CONTRACT_TIMEOUT_MILLISECONDS = 5_000

/** A rig and what a result has to say of it. */
export interface OpenedRig extends Pick<RunFacts, 'driverVersion' | 'cpuAccounting' | 'callerNodeOptions'> {
  readonly rig: Rig
  /** Ends what the rig itself has started; processes of a run end with the run. */
  close(): Promise<void>
}

/**
 * The outside world for one run: real processes and a real load generator, or a simulation for the driver `fake`.
 * @throws UserError when the driver's program is not installed
 */
export async function openRig(driverId: DriverId, seed: number, placement: CpuPlacement): Promise<OpenedRig> {
  if (driverId === 'fake') return fakeRig(new FakeWorld({ seed }))
  const driver: LoadDriver = drivers[driverId]()
  const available = await driver.available()
  if ('missing' in available) throw new UserError('driver-missing', available.missing, { hint: 'or use --driver autocannon' })
  const { serverCpu, loadCpu, runnerCpu } = placement
  const distance = cpuDistanceWhenAsked(placement)
  const rig: Rig = {
    host: localHost,
    driver,
    checkContract: ({ address }, endpoints, answers = {}) =>
      checkContract(address, { endpoints, answers, timeoutMs: CONTRACT_TIMEOUT_MILLISECONDS }),
    rest: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
    now: () => performance.now() * 1e6,
    ticks: readCpuTicks,
    kernel: kernelCounters([serverCpu, loadCpu]),
    cpuDistance: distance.read,
    ownCpuNs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) * 1000
    },
    sharesCpuWithRunner: runnerCpu === serverCpu || runnerCpu === loadCpu,
    serverCpu,
    loadCpu,
  }
  return {
    rig,
    driverVersion: available.version,
    cpuAccounting: canReadProcessTree() ? 'schedstat' : 'ticks',
    // What the caller has set for Node, and servers do not get.
    callerNodeOptions: process.env.NODE_OPTIONS || null,
    close: distance.close,
  }
}

/** A meter that is opened at its first reading: the runner pins all its threads before, and would pin those of the meter too. */
function cpuDistanceWhenAsked({ serverCpu, loadCpu, runnerCpu }: CpuPlacement): CpuDistanceMeter {
  let opening: Promise<CpuDistanceMeter | null> | null = null
  return {
    async read() {
      if (serverCpu === null || loadCpu === null) return null
      opening ??= openCpuDistanceMeter(serverCpu, loadCpu, runnerCpu)
      return (await opening)?.read() ?? null
    },
    async close() {
      await (await opening)?.close()
    },
  }
}

/** A rig that exists in memory only. */
export function fakeRig(world: FakeWorld): OpenedRig {
  const rig: Rig = {
    host: world.host,
    driver: fakeDriver(world),
    checkContract: async (_deployment, endpoints) =>
      [...endpoints, 'wrong-path' as const].map(
        (endpoint): EndpointCheck => ({ endpoint, headerBytes: 100, headers: [], violations: [] }),
      ),
    rest: async (milliseconds) => world.pass(milliseconds * 1e6),
    now: () => world.nowNs,
    ticks: () => new Map(),
    kernel: () => world.kernel(),
    cpuDistance: async () => world.cpuDistance(),
    ownCpuNs: () => 0,
    sharesCpuWithRunner: true,
    serverCpu: null,
    loadCpu: null,
  }
  return { rig, driverVersion: 'simulated', cpuAccounting: 'simulated', callerNodeOptions: null, close: async () => {} }
}
