import type { ContractOptions, EndpointCheck } from '../../apps/contract.ts'
import type { LoadDriver } from '../load/driver.ts'
import type { KernelCounters } from '../machine/kernel-counters.ts'
import type { CpuTicks } from '../machine/procfs.ts'
import type { Deployment, DeploymentHost } from '../servers/deployment.ts'
import type { Failures } from './failures.ts'
import type { Plan } from './plan.ts'
import type { Slice } from './records.ts'

/** Where a run stands; told often enough for a live progress line. */
export interface Progress {
  readonly phase: 'preflight' | 'start' | 'warm-up' | 'measure'
  /** From 1; 0 before the first round. */
  readonly round: number
  /** Rounds expected in all, from the precision reached so far; null: too early to tell. */
  readonly expectedRounds: number | null
  /** Share of this round that is done, 0 to 1. */
  readonly roundShare: number
  readonly elapsedSeconds: number
  /** Honest guess; null: too early to tell. Never more than what the time limit leaves. */
  readonly secondsLeft: number | null
}

/** What is known after a round. */
export interface RoundSummary extends Omit<Progress, 'phase' | 'roundShare'> {
  /** Widest relative half-width over all ratios, percent; null with fewer than 2 rounds. */
  readonly widestHalfWidthPercent: number | null
  /** The cell it belongs to, for example `express lookup`. */
  readonly widestCell: string | null
  /** null: the number of rounds was given. */
  readonly precisionPercent: number | null
}

/** Reporters listen to a run; every moment is optional, and measuring code never prints. */
export interface Listener {
  /** A remark on what is going to happen, one sentence. */
  remark?(sentence: string): void
  progress?(progress: Progress): void
  sliceMeasured?(slice: Slice): void
  roundFinished?(summary: RoundSummary): void
  /** An app is out of the run; the others go on. */
  appFailed?(app: string, reason: string, hint: string | null): void
}

/** One listener that passes every moment on to all. */
export function allListeners(listeners: readonly Listener[]): Required<Listener> {
  return {
    remark: (sentence) => listeners.forEach((listener) => void listener.remark?.(sentence)),
    progress: (progress) => listeners.forEach((listener) => void listener.progress?.(progress)),
    sliceMeasured: (slice) => listeners.forEach((listener) => void listener.sliceMeasured?.(slice)),
    roundFinished: (summary) => listeners.forEach((listener) => void listener.roundFinished?.(summary)),
    appFailed: (app, reason, hint) => listeners.forEach((listener) => void listener.appFailed?.(app, reason, hint)),
  }
}

/** All that a run needs of the outside world, passed in so that tests can bring their own. */
export interface Rig {
  readonly host: DeploymentHost
  readonly driver: LoadDriver
  /** Compares what a running deployment answers with the contract, or with the answers that a study expects. */
  checkContract(
    deployment: Deployment,
    endpoints: readonly string[],
    load: { readonly answers?: ContractOptions['answers']; readonly connections: number },
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
