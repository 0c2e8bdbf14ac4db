import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Address } from '../../apps/ask.ts'
import { total } from '../statistics/summary.ts'
import {
  descendants,
  type Memory,
  openConnections,
  readCpuNs,
  readMemory,
  readText,
  sumOfMemory,
  threadFolder,
  threadsBelow,
} from './procfs.ts'

/** CPU counters of one thread since it started; nanoseconds. */
export interface ThreadReading {
  /** Time on a CPU. */
  readonly cpuNs: number
  /** Time runnable but waiting for a CPU: somebody else was running there. 0 where the kernel does not say. */
  readonly runDelayNs: number
}

/** CPU counters of a process tree since it started. */
export interface CpuReading extends ThreadReading {
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
  const waits = last.map((now, index) => {
    const then = first[index]!
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

/** Reads what a process and all its descendants have used, from outside. */
export interface Meter {
  read(): CpuReading
  close(): void
}

/** The finest there is on this machine. @param workerPids descendants whose main threads do the work */
export function openMeter(pid: number, workerPids: readonly number[]): Meter {
  return canReadProcessTree() ? new ProcessTree(pid, workerPids) : { read: () => coarseReading(pid), close: () => {} }
}

/** A thread's open schedstat, and what it said last. */
interface Counter {
  readonly file: number
  last: ThreadReading
}

const SCHEDSTAT_BYTES = 96

/**
 * CPU counters of a process and all its descendants, every thread of them, in nanoseconds: fields 1 and 2 of
 * `/proc/PID/task/TID/schedstat` (kernel documentation, sched-stats.rst). A thread that is running right now is up to one timer
 * tick behind, so read when the server is idle.
 *
 * A read costs some tens of microseconds, because files stay open and the tree is walked again only when the kernel has handed
 * out a new process or thread number somewhere.
 */
export class ProcessTree {
  readonly #pid: number
  readonly #workerPids: readonly number[]
  readonly #counters = new Map<string, Counter>()
  readonly #buffer = Buffer.alloc(SCHEDSTAT_BYTES)
  /** What threads and children used that are gone by now, as last seen. */
  readonly #gone = { cpuNs: 0, runDelayNs: 0 }
  #lastNumber = ''

  /** @param workerPids descendants whose main threads do the work */
  constructor(pid: number, workerPids: readonly number[] = []) {
    this.#pid = pid
    this.#workerPids = workerPids
  }

  read(): CpuReading {
    const lastNumber = lastProcessNumber()
    if (lastNumber !== this.#lastNumber) {
      this.#walk()
      this.#lastNumber = lastNumber
    }
    let { cpuNs, runDelayNs } = this.#gone
    for (const [path, counter] of this.#counters) {
      this.#update(path, counter)
      cpuNs += counter.last.cpuNs
      runDelayNs += counter.last.runDelayNs
    }
    const mainThread = (pid: number) => this.#counters.get(threadFolder(pid, pid))?.last ?? null
    const reading = { cpuNs, runDelayNs, mainThread: mainThread(this.#pid) }
    if (this.#workerPids.length === 0) return reading
    return { ...reading, workerThreads: this.#workerPids.map(mainThread).filter((thread) => thread !== null) }
  }

  close(): void {
    for (const counter of this.#counters.values()) closeSync(counter.file)
    this.#counters.clear()
  }

  #walk(): void {
    for (const { path } of threadsBelow(this.#pid)) {
      try {
        if (this.#counters.has(path)) continue
        this.#counters.set(path, { file: openSync(`${path}/schedstat`, 'r'), last: { cpuNs: 0, runDelayNs: 0 } })
      } catch {
        // The thread was gone before it could be looked at.
      }
    }
  }

  /** One that cannot be read any more is gone. */
  #update(path: string, counter: Counter): void {
    try {
      const length = readSync(counter.file, this.#buffer, 0, SCHEDSTAT_BYTES, 0)
      const [cpu, delay] = this.#buffer.toString('latin1', 0, length).split(' ')
      counter.last = { cpuNs: Number(cpu), runDelayNs: Number(delay) }
    } catch {
      closeSync(counter.file)
      this.#counters.delete(path)
      this.#gone.cpuNs += counter.last.cpuNs
      this.#gone.runDelayNs += counter.last.runDelayNs
    }
  }
}

/** True where the kernel offers what ProcessTree reads. */
export function canReadProcessTree(): boolean {
  return Number(readText('/proc/self/schedstat')?.split(' ')[0]) > 0
}

/** The number given to the newest process or thread: while it stays the same, nobody has started one. */
function lastProcessNumber(): string {
  const load = readFileSync('/proc/loadavg', 'latin1')
  return load.slice(load.lastIndexOf(' '))
}

/** Whole ticks of 10 ms: sums over a run mean something, a single slice does not. By ps(1) where there is no procfs. */
function coarseReading(pid: number): CpuReading {
  const known = descendants(pid).map(readCpuNs)
  const table = () => spawnSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).stdout ?? ''
  const cpuNs = known.includes(null) ? processTimeNs(pid, table()) : total(known, (one) => one!)
  return { cpuNs, runDelayNs: 0, mainThread: null }
}

/**
 * CPU time of a process and its descendants, nanoseconds.
 * @param table lines of process, parent and time; a time is `[[dd-]hh:]mm:ss[.hundredths]`
 */
export function processTimeNs(pid: number, table: string): number {
  const lines = [...table.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s*$/gm)]
  const rows = lines.map(([, own, parent, time]) => ({ pid: Number(own), parent: Number(parent), ns: timeNs(time!) }))
  const family = rows.filter((row) => row.pid === pid)
  for (const member of family) family.push(...rows.filter(({ parent }) => parent === member.pid))
  return total(family, ({ ns }) => ns)
}

function timeNs(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1e9
}

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
  const children = descendants(pid).slice(1)
  return new Map(
    children.flatMap((child): [number, number][] => {
      const cpuNs = readCpuNs(child)
      return cpuNs === null ? [] : [[child, cpuNs]]
    }),
  )
}

function member(role: Member['role'], pids: readonly number[], connections: number | null): Member[] {
  const readings = pids.flatMap((pid) => {
    const [memory, cpuNs] = [readMemory(pid), readCpuNs(pid)]
    return memory === null || cpuNs === null ? [] : [{ ...memory, cpuNs }]
  })
  if (readings.length === 0) return []
  return [{ role, connections, cpuNs: total(readings, ({ cpuNs }) => cpuNs), ...sumOfMemory(readings) }]
}
