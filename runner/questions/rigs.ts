import { setTimeout as sleep } from 'node:timers/promises'
import { checkContract, type EndpointCheck } from '../../apps/contract.ts'
import { checkTogether } from '../../apps/together.ts'
import type { RunFacts } from '../analysis/facts.ts'
import type { LoadDriver } from '../load/driver.ts'
import { type DriverId, drivers } from '../load/drivers.ts'
import { FakeWorld, fakeDriver } from '../load/fake.ts'
import { type CpuDistanceMeter, openCpuDistanceMeter } from '../machine/cpu-distance.ts'
import { kernelCounters } from '../machine/kernel-counters.ts'
import { type CpuPlacement, lanesOf } from '../machine/placement.ts'
import { canReadProcessTree } from '../machine/process-tree.ts'
import { readCpuTicks } from '../machine/procfs.ts'
import type { Rig } from '../measure/rig.ts'
import { UserError } from '../result/errors.ts'
import { manifestOf } from '../servers/deployment.ts'
import { localHost } from '../servers/local-host.ts'

const CONTRACT_TIMEOUT_MILLISECONDS = 5_000

/** A rig and what a result has to say of it. */
export interface OpenedRig extends Pick<RunFacts, 'driverVersion' | 'cpuAccounting' | 'callerNodeOptions'> {
  readonly rig: Rig
  /** The same world as seen from the other lanes: with CPUs of their own. */
  readonly moreLanes: readonly Rig[]
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
  const distances = cpuDistancesWhenAsked(placement)
  const rigs = lanesOf(placement).map(
    ({ serverCpu, loadCpu }, lane): Rig => ({
      host: localHost,
      driver,
      async checkContract({ address, plan }, endpoints, { answers = {}, connections }) {
        const closes = manifestOf(plan)?.connections === 'closed' && plan.proxy === undefined
        const limits = { answers, timeoutMs: CONTRACT_TIMEOUT_MILLISECONDS }
        const checks = await checkContract(address, { ...limits, endpoints, closes })
        // What does not answer a single request has been waited for already.
        if (checks.some(({ violations }) => violations.length > 0)) return checks
        return [...checks, await checkTogether(address, endpoints[0]!, { ...limits, connections })]
      },
      rest: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
      now: () => performance.now() * 1e6,
      ticks: readCpuTicks,
      kernel: kernelCounters([serverCpu, loadCpu]),
      cpuDistance: () => distances.read(lane),
      ownCpuNs: () => {
        const { user, system } = process.cpuUsage()
        return (user + system) * 1000
      },
      sharesCpuWithRunner: placement.runnerCpu === serverCpu || placement.runnerCpu === loadCpu,
      serverCpu,
      loadCpu,
    }),
  )
  return {
    rig: rigs[0]!,
    moreLanes: rigs.slice(1),
    driverVersion: available.version,
    cpuAccounting: canReadProcessTree() ? 'schedstat' : 'ticks',
    // What the caller has set for Node, and servers do not get.
    callerNodeOptions: process.env.NODE_OPTIONS || null,
    close: distances.close,
  }
}

/**
 * Meters of all lanes, opened at the first reading: the runner pins all its threads before, and would pin those of the meters too. One
 * after another, because each pins the threads that are new.
 */
function cpuDistancesWhenAsked(placement: CpuPlacement) {
  let opening: Promise<(CpuDistanceMeter | null)[]> | null = null
  const open = async () => {
    const meters: (CpuDistanceMeter | null)[] = []
    for (const { serverCpu, loadCpu } of lanesOf(placement)) {
      const isPinned = serverCpu !== null && loadCpu !== null
      meters.push(isPinned ? await openCpuDistanceMeter(serverCpu, loadCpu, placement.runnerCpu) : null)
    }
    return meters
  }
  return {
    async read(lane: number): Promise<number | null> {
      opening ??= open()
      return (await opening)[lane]?.read() ?? null
    },
    async close(): Promise<void> {
      for (const meter of (await opening) ?? []) await meter?.close()
    },
  }
}

/** A rig that exists in memory only. @param worlds one for every lane, each with a time of its own */
export function fakeRig(...worlds: readonly FakeWorld[]): OpenedRig {
  const [rig, ...moreLanes] = worlds.map(fakeLane)
  return {
    rig: rig!,
    moreLanes,
    driverVersion: 'simulated',
    cpuAccounting: 'simulated',
    callerNodeOptions: null,
    close: async () => {},
  }
}

function fakeLane(world: FakeWorld): Rig {
  return {
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
}
