import type { Address } from '../../apps/address.ts'
import { total } from '../statistics/summary.ts'
import { openConnections } from './connections.ts'
import { descendants, type Memory, readCpuNs, readMemory } from './procfs.ts'

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
 * @param workerPids of a team; none: the process serves by itself
 * @param address where connections are to be counted; null: they are not
 */
export function readMembers(pid: number, workerPids: readonly number[], address: Address | null): Member[] {
  const answering = workerPids.length === 0 ? [pid] : workerPids
  const connections = address === null ? null : openConnections(address, answering)
  const workers = answering.flatMap((worker, index) => member('worker', descendants(worker), connections?.[index] ?? null))
  return workerPids.length === 0 ? workers : [...member('primary', [pid], null), ...workers]
}

/** CPU nanoseconds of all processes below a server, by their numbers, in whole ticks; none where there is no procfs. */
export function readChildrenCpuNs(pid: number): Map<number, number> {
  const known = descendants(pid)
    .slice(1)
    .map((child) => [child, readCpuNs(child)] as const)
  return new Map(known.flatMap(([child, cpuNs]) => (cpuNs === null ? [] : [[child, cpuNs]])))
}

function member(role: Member['role'], pids: readonly number[], connections: number | null): Member[] {
  const readings = pids.flatMap((pid) => {
    const [memory, cpuNs] = [readMemory(pid), readCpuNs(pid)]
    return memory === null || cpuNs === null ? [] : [{ ...memory, cpuNs }]
  })
  if (readings.length === 0) return []
  const sum = (field: keyof Memory | 'cpuNs') => total(readings, (reading) => reading[field])
  const memory = { residentBytes: sum('residentBytes'), anonymousBytes: sum('anonymousBytes') }
  return [{ role, connections, cpuNs: sum('cpuNs'), ...memory }]
}
