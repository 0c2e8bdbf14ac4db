import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import type { CpuReading, ThreadReading } from './cpu-reading.ts'

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
    for (const { path } of threadsBelow(this.#pid)) if (!this.#counters.has(path)) this.#add(path)
  }

  #add(path: string): void {
    try {
      this.#counters.set(path, { file: openSync(`${path}/schedstat`, 'r'), cpuNs: 0, runDelayNs: 0 })
    } catch {
      // The thread was gone before it could be looked at.
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

/** A process and all that descend from it by now, itself first. */
export function descendants(pid: number): number[] {
  return [...new Set([pid, ...Array.from(threadsBelow(pid), (thread) => thread.pid)])]
}

/** The processes that a process has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return listOf(`/proc/${pid}/task`).flatMap((thread) => startedBy(threadFolder(pid, thread)))
}

/** All threads of a process and its descendants. */
function* threadsBelow(root: number): Generator<{ readonly pid: number; readonly path: string }> {
  const processes = [root]
  for (const pid of processes) {
    for (const thread of listOf(`/proc/${pid}/task`)) {
      const path = threadFolder(pid, thread)
      yield { pid, path }
      processes.push(...startedBy(path))
    }
  }
}

/** The main thread has the number of its process. */
function threadFolder(pid: number, thread: number | string): string {
  return `/proc/${pid}/task/${thread}`
}

/** True where the kernel offers what ProcessTree reads. */
export function canReadProcessTree(): boolean {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) > 0
  } catch {
    return false
  }
}

/** The number given to the newest process or thread: while it stays the same, nobody has started one. */
function lastProcessNumber(): string {
  const load = readFileSync('/proc/loadavg', 'latin1')
  return load.slice(load.lastIndexOf(' '))
}

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function startedBy(task: string): number[] {
  try {
    return readFileSync(`${task}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
