import { spawnSync } from 'node:child_process'
import type { CpuReading } from './cpu-reading.ts'
import { canReadProcessTree, descendants, ProcessTree } from './process-tree.ts'
import { readCpuShares } from './procfs.ts'

/** Reads what a process and all its descendants have used, from outside. */
export interface Meter {
  read(): CpuReading
  close(): void
}

/** The finest meter there is on this machine. @param workerPids descendants whose main threads do the work */
export function openMeter(pid: number, workerPids: readonly number[]): Meter {
  return canReadProcessTree() ? new ProcessTree(pid, workerPids) : { read: () => coarseReading(pid), close: () => {} }
}

/** Whole ticks of 10 ms: sums over a run mean something, a single slice does not. */
function coarseReading(pid: number): CpuReading {
  const shares = descendants(pid).map(readCpuShares)
  const cpuNs = shares.some((one) => one === null)
    ? processTimeNs(pid, processTable())
    : shares.reduce((sum, one) => sum + one!.userNs + one!.systemNs, 0)
  return { cpuNs, runDelayNs: 0, mainThread: null }
}

/** What ps(1) prints where there is no procfs. */
function processTable(): string {
  return spawnSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).stdout ?? ''
}

/**
 * CPU time of a process and its descendants, nanoseconds.
 * @param table lines of process, parent and time; a time is `[[dd-]hh:]mm:ss[.hundredths]`
 */
export function processTimeNs(pid: number, table: string): number {
  const rows = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(({ length }) => length === 3)
    .map(([own, parent, time]) => ({ pid: Number(own), parent: Number(parent), ns: timeNs(time!) }))
  const family = rows.filter((row) => row.pid === pid)
  for (const member of family) family.push(...rows.filter(({ parent }) => parent === member.pid))
  return family.reduce((sum, { ns }) => sum + ns, 0)
}

function timeNs(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1e9
}
