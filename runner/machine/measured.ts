/** Shares of the used CPUs' time over some seconds, 0 to 1; null where the kernel does not say. */
export interface CpuShare {
  readonly seconds: number
  readonly steal: number | null
  /** Busy with something that is not the suite. */
  readonly foreign: number | null
}

/** What fixed work costs while the other CPU spins, over what it costs while the other CPU is idle. */
export interface Coupling {
  readonly median: number
  readonly low: number
  readonly high: number
  /** Pairs of processes that were compared. */
  readonly pairs: number
}

/** A second of packets over loopback in one process, in hundredths of a second of its CPU. */
export interface LoopbackTicks {
  /** CPU time that was charged to the process. */
  readonly charged: number
  /** What the CPU was busy. */
  readonly busy: number
  /** The part of it spent in interrupts, which is where packets are delivered. */
  readonly interrupts: number
}

/** What has to be measured, because no file tells it. */
export interface Measured {
  /** While the suite does nothing. */
  readonly quiet: CpuShare
  /** While fixed work runs on the server's CPU; `foreign` is not looked at. */
  readonly loaded: CpuShare
  /** null: there are no two CPUs. */
  readonly coupling: Coupling | null
  readonly loopback: LoopbackTicks | null
}
