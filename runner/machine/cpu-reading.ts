import { total } from '../statistics/summary.ts'

/** CPU counters of one thread since it started; nanoseconds. */
export interface ThreadReading {
  /** Time on a CPU. */
  readonly cpuNs: number
  /** Time runnable but waiting for a CPU. */
  readonly runDelayNs: number
}

/** CPU counters of a process tree since it started. */
export interface CpuReading {
  /** Time on a CPU, nanoseconds. */
  readonly cpuNs: number
  /** Time runnable but waiting for a CPU, nanoseconds: somebody else was running there. 0 where the kernel does not say. */
  readonly runDelayNs: number
  /** The part of `cpuNs` that a proxy in front of the app has used; absent: nothing stands there. */
  readonly proxyCpuNs?: number
  /** The thread that runs the event loop; null where the kernel does not say, or when it is gone. */
  readonly mainThread: ThreadReading | null
  /** Those of its workers, where it is their primary. */
  readonly workerThreads?: readonly ThreadReading[]
}

/**
 * Time between two readings in which the main thread wanted to run while nothing of its own process tree was running, nanoseconds;
 * null: unknown. Threads of the garbage collector and of the compiler share the main thread's CPU: what they used is their app's cost,
 * and an app must not be taken for disturbed because it makes garbage. All that they used is taken off, also what they used while the
 * main thread slept, so this is never more than the true wait. Workers of one app wait for each other where they share a CPU: each one's
 * wait is taken like that of a main thread, and the longest counts.
 * @param excusedNs what others used meanwhile who are no disturbance, nanoseconds: the runner, where it shares the CPU
 */
export function waitNs(before: CpuReading | null, after: CpuReading | null, excusedNs = 0): number | null {
  const [first, last] = [mainThreads(before), mainThreads(after)]
  if (before === null || after === null || first === null || last?.length !== first.length) return null
  const treeNs = after.cpuNs - before.cpuNs
  const waits = first.map((then, index) => {
    const now = last[index]!
    return now.runDelayNs - then.runDelayNs - (treeNs - (now.cpuNs - then.cpuNs))
  })
  return Math.max(0, Math.max(...waits) - excusedNs)
}

/**
 * CPU time between two readings of all threads of the app that run no event loop, nanoseconds; null: unknown. V8 compiles and collects
 * garbage on such threads, so this tells how much of an app's cost is not its own code: a lot, while it is still being compiled.
 */
export function helperNs(before: CpuReading, after: CpuReading): number | null {
  const [first, last] = [mainThreads(before), mainThreads(after)]
  if (first === null || last?.length !== first.length) return null
  const ownNs = ({ cpuNs, proxyCpuNs = 0 }: CpuReading, loops: readonly ThreadReading[]) =>
    cpuNs - proxyCpuNs - total(loops, (loop) => loop.cpuNs)
  // In a team the primary, which serves nothing, counts as one of the loops.
  return Math.max(0, ownNs(after, last) - ownNs(before, first))
}

function mainThreads(reading: CpuReading | null): readonly ThreadReading[] | null {
  return reading === null || reading.mainThread === null ? null : [reading.mainThread, ...(reading.workerThreads ?? [])]
}
