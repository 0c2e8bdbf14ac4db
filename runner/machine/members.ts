import type { Address } from '../../apps/address.ts'
import { openConnections } from './connections.ts'
import { descendants } from './process-tree.ts'
import { type Memory, readCpuShares, readMemory } from './procfs.ts'

/** One of the processes that a deployment consists of, with what it has forked itself. */
export interface Member extends Memory {
  /** A primary of workers serves nothing by itself. */
  readonly role: 'primary' | 'worker'
  /** CPU time so far, in whole ticks of the kernel: differences over seconds mean something. Nanoseconds. */
  readonly cpuNs: number
  /** Open to it at the address of the deployment; null: not requested, or unknown. */
  readonly connections: number | null
}

/**
 * The processes of a server; none where there is no procfs.
 * @param workerPids of a team; absent: the process serves by itself
 * @param address where connections are to be counted; null: they are not
 */
export function readMembers(pid: number, workerPids: readonly number[] | undefined, address: Address | null): Member[] {
  const answering = workerPids ?? [pid]
  const connections = address === null ? null : openConnections(address, answering)
  const workers = answering.flatMap((worker, index) => member('worker', descendants(worker), connections?.[index] ?? null))
  return workerPids === undefined ? workers : [...member('primary', [pid], null), ...workers]
}

/** CPU nanoseconds of all processes below a server, by their numbers, in whole ticks; none where there is no procfs. */
export function readChildrenCpuNs(pid: number): Map<number, number> {
  const children = descendants(pid).slice(1)
  return new Map(
    children.flatMap((child) => {
      const shares = readCpuShares(child)
      return shares === null ? [] : [[child, shares.userNs + shares.systemNs] as const]
    }),
  )
}

function member(role: Member['role'], pids: readonly number[], connections: number | null): Member[] {
  const readings = pids.flatMap((pid) => {
    const [memory, shares] = [readMemory(pid), readCpuShares(pid)]
    return memory === null || shares === null ? [] : [{ ...memory, cpuNs: shares.userNs + shares.systemNs }]
  })
  if (readings.length === 0) return []
  const sum = (of: (reading: (typeof readings)[number]) => number) => readings.reduce((total, reading) => total + of(reading), 0)
  return [
    {
      role,
      connections,
      cpuNs: sum(({ cpuNs }) => cpuNs),
      residentBytes: sum(({ residentBytes }) => residentBytes),
      anonymousBytes: sum(({ anonymousBytes }) => anonymousBytes),
    },
  ]
}
