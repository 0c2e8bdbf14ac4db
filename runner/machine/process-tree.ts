import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { total } from '../statistics/summary.ts'
import type { CpuReading, ThreadReading } from './cpu-reading.ts'
import { descendants, readCpuNs, readText, threadFolder, threadsBelow } from './procfs.ts'

/** Reads what a process and all its descendants have used, from outside. */
export interface Meter {
  read(): CpuReading
  close(): void
}

/** The finest meter there is on this machine. @param workerPids descendants whose main threads do the work */
export function openMeter(pid: number, workerPids: readonly number[]): Meter {
  return canReadProcessTree() ? new ProcessTree(pid, workerPids) : { read: () => coarseReading(pid), close: () => {} }
}

interface Counter {
  readonly file: number
  cpuNs: number
  runDelayNs: number
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
  #lastNumber = ''
  /** What threads and children used that are gone by now, as last seen. */
  #goneCpuNs = 0
  #goneRunDelayNs = 0

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
    let cpuNs = this.#goneCpuNs
    let runDelayNs = this.#goneRunDelayNs
    for (const [path, counter] of this.#counters) {
      if (!this.#update(counter)) this.#retire(path, counter)
      cpuNs += counter.cpuNs
      runDelayNs += counter.runDelayNs
    }
    const reading = { cpuNs, runDelayNs, mainThread: this.#mainThread(this.#pid) }
    if (this.#workerPids.length === 0) return reading
    return { ...reading, workerThreads: this.#workerPids.map((pid) => this.#mainThread(pid)).filter((thread) => thread !== null) }
  }

  close(): void {
    for (const counter of this.#counters.values()) closeSync(counter.file)
    this.#counters.clear()
  }

  #mainThread(pid: number): ThreadReading | null {
    const main = this.#counters.get(threadFolder(pid, pid))
    return main === undefined ? null : { cpuNs: main.cpuNs, runDelayNs: main.runDelayNs }
  }

  #walk(): void {
    for (const { path } of threadsBelow(this.#pid)) {
      try {
        if (!this.#counters.has(path))
          this.#counters.set(path, { file: openSync(`${path}/schedstat`, 'r'), cpuNs: 0, runDelayNs: 0 })
      } catch {
        // The thread was gone before it could be looked at.
      }
    }
  }

  #update(counter: Counter): boolean {
    try {
      const length = readSync(counter.file, this.#buffer, 0, SCHEDSTAT_BYTES, 0)
      const [cpu, delay] = this.#buffer.toString('latin1', 0, length).split(' ')
      counter.cpuNs = Number(cpu)
      counter.runDelayNs = Number(delay)
      return true
    } catch {
      return false
    }
  }

  #retire(path: string, counter: Counter): void {
    closeSync(counter.file)
    this.#counters.delete(path)
    this.#goneCpuNs += counter.cpuNs
    this.#goneRunDelayNs += counter.runDelayNs
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

/** Whole ticks of 10 ms: sums over a run mean something, a single slice does not. */
function coarseReading(pid: number): CpuReading {
  const known = descendants(pid).map(readCpuNs)
  const cpuNs = known.includes(null) ? processTimeNs(pid, processTable()) : known.reduce<number>((sum, one) => sum + one!, 0)
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
  return total(family, ({ ns }) => ns)
}

function timeNs(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1e9
}
