import type { ContractOptions, EndpointCheck } from '../../apps/contract.ts'
import type { LoadDriver } from '../load/driver.ts'
import type { KernelCounters } from '../machine/kernel-counters.ts'
import type { CpuTicks } from '../machine/procfs.ts'
import type { Deployment, DeploymentHost } from '../servers/deployment.ts'
import type { Failures } from './failures.ts'
import type { Listener, Progress } from './listener.ts'
import type { Plan } from './plan.ts'

/** All that a run needs of the outside world, passed in so that tests can bring their own. */
export interface Rig {
  readonly host: DeploymentHost
  readonly driver: LoadDriver
  /** Compares what a running deployment answers with the contract, or with the answers that a study expects. */
  checkContract(
    deployment: Deployment,
    endpoints: readonly string[],
    answers?: ContractOptions['answers'],
  ): Promise<EndpointCheck[]>
  /** Lets time go by; not to the end when the run is to be. */
  rest(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Monotonic clock, nanoseconds. */
  now(): number
  /** Busy and stolen time by CPU; empty where unknown. */
  ticks(): Map<number, CpuTicks>
  /** What the kernel has counted of disturbances so far. */
  kernel(): KernelCounters
  /** Nanoseconds a cache line takes from the one CPU to the other and back, both of them idle; null: unknown. */
  cpuDistance(): Promise<number | null>
  /** CPU time the runner itself has used, nanoseconds. */
  ownCpuNs(): number
  /** The runner works on one of the two CPUs below, so its own time is not foreign to them. */
  readonly sharesCpuWithRunner: boolean
  /** null: not pinned. */
  readonly serverCpu: number | null
  readonly loadCpu: number | null
}

/** What every step of a run works with. */
export interface RunContext {
  readonly rig: Rig
  readonly plan: Plan
  /** So far. */
  readonly failures: Failures
  readonly listener: Required<Listener>
  readonly signal: AbortSignal
  /** @param share of the phase that is done, 0 to 1 */
  progress(phase: Progress['phase'], share: number): void
}
