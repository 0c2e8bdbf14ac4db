/** CPU counters of a process tree since it started. */
export interface CpuReading {
  /** Time on a CPU, nanoseconds. */
  readonly cpuNs: number
  /** Time runnable but waiting for a CPU, nanoseconds: somebody else was running there. 0 where the kernel does not say. */
  readonly runDelayNs: number
}
