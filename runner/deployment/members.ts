import { descendants } from './process-tree.ts'
import { type Memory, readCpuShares, readMemory } from './procfs.ts'

/** One of the processes that a deployment consists of, with what it has forked itself. */
export interface Member extends Memory {
  /** A primary of workers serves nothing by itself. */
  readonly role: 'primary' | 'worker'
  /** CPU time so far, in whole ticks of the kernel: differences over seconds mean something. Nanoseconds. */
  readonly cpuNs: number
}

/**
 * The processes of a launcher; none where there is no procfs.
 * @param workerPids of a team; absent: the launcher serves by itself
 */
export function readMembers(pid: number, workerPids?: readonly number[]): Member[] {
  if (workerPids === undefined) return member('worker', descendants(pid))
  return [...member('primary', [pid]), ...workerPids.flatMap((worker) => member('worker', descendants(worker)))]
}

function member(role: Member['role'], pids: readonly number[]): Member[] {
  const readings = pids.flatMap((pid) => {
    const [memory, shares] = [readMemory(pid), readCpuShares(pid)]
    return memory === null || shares === null ? [] : [{ ...memory, cpuNs: shares.userNs + shares.systemNs }]
  })
  if (readings.length === 0) return []
  const sum = (of: (reading: (typeof readings)[number]) => number) => readings.reduce((total, reading) => total + of(reading), 0)
  return [
    {
      role,
      cpuNs: sum(({ cpuNs }) => cpuNs),
      residentBytes: sum(({ residentBytes }) => residentBytes),
      anonymousBytes: sum(({ anonymousBytes }) => anonymousBytes),
    },
  ]
}
