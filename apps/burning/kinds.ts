import { type ChildProcess, fork } from 'node:child_process'
import { pbkdf2 } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type App, variantOf } from '../app.ts'
import { burn } from './burn.ts'
import { BurnSamples, NUMBERS_PER_SAMPLE } from './burn-samples.ts'

/** When and where a server does work that its requests ask for. */
export const workKinds = [
  ...(['at-once', 'after-10ms', 'after-100ms', 'after-1s', 'rare'] as const),
  ...(['thread', 'thread-pool', 'child', 'garbage'] as const),
]
export type WorkKind = (typeof workKinds)[number]

/** Requests whose work is done together by another thread or process, so that telling it costs little. */
const BATCH = 64
/** One request in so many does the work of all of them. */
const RARE = 1_000
/** Work that others do is timed here: a unit for so many requests. */
const TIMED_HERE = 200
const DELAYS = { 'after-10ms': 10, 'after-100ms': 100, 'after-1s': 1_000 } as const
/** Requests between two looks at the CPU time of the whole server. */
const MARK_EVERY = 512
const KIBIBYTE = 1024

/** What a server of known work says of itself when it ends. */
export interface KindReport {
  /** Start on the kernel's monotonic clock and length of single units, nanoseconds. */
  readonly samples: readonly (readonly [startedNs: number, tookNs: number])[]
  /**
   * CPU time of the whole server and requests so far, read now and then: nanoseconds on the same clock, and microseconds. By getrusage(2)
   * of the process and, of a child, by its `/proc`.
   */
  readonly marks: readonly (readonly [atNs: number, cpuMicroseconds: number, requests: number])[]
}

/**
 * An app whose hello has work of one kind on top: a unit for every request, done at once or later, here or elsewhere. With 0 turns all is
 * put off in the same way and nothing is done: the wrapper alone.
 * @param turns of the burning loop in a unit; for `thread-pool` rounds of PBKDF2, for `garbage` KiB
 * @param folder where the process leaves its report when it ends
 */
export function withWork(base: App, kind: WorkKind, turns: number, folder: string): App {
  return variantOf(base, `${kind}, ${turns}`, (workload) => {
    const samples = new BurnSamples()
    const marks: [number, number, number][] = []
    let requests = 0
    const child = kind === 'child' ? forkBurner(turns) : null
    const work = kind === 'child' ? inOthers(() => void child?.send('burn'), turns, samples) : workOf(kind, turns, samples)
    const mark = () => {
      const { user, system } = process.cpuUsage()
      const ofChild = child?.pid === undefined ? 0 : cpuMicrosecondsOf(child.pid)
      marks.push([Number(process.hrtime.bigint()), user + system + ofChild, requests])
    }
    process.once('SIGTERM', () => {
      mark()
      const numbers = samples.inNanoseconds()
      const pairs = Array.from({ length: numbers.length / NUMBERS_PER_SAMPLE }, (_, index): [number, number] => {
        const at = NUMBERS_PER_SAMPLE * index
        return [numbers[at]!, numbers[at + 1]!]
      })
      writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify({ samples: pairs, marks } satisfies KindReport))
      process.exit()
    })
    const hello = () => {
      // With requests, not by a timer: an idle server stays idle.
      if (requests++ % MARK_EVERY === 0) mark()
      work()
      return workload.hello()
    }
    return base.createServer({ ...workload, hello })
  })
}

/** What a request does of its work, or asks others to do. */
function workOf(kind: Exclude<WorkKind, 'child'>, turns: number, samples: BurnSamples): () => void {
  const unit = samples.sampled(() => burn(turns))
  switch (kind) {
    case 'at-once':
      return unit
    case 'after-10ms':
    case 'after-100ms':
    case 'after-1s':
      return later(unit, DELAYS[kind])
    case 'rare':
      return everySo(RARE, () => times(RARE, unit))
    case 'thread':
      return inOthers(burnerThread(turns), turns, samples)
    case 'thread-pool':
      return everySo(BATCH, () => pbkdf2('', '', Math.max(1, turns * BATCH), 32, 'sha1', () => {}))
    case 'garbage':
      return garbage(turns)
  }
}

/** Puts units off to a timer that is started by the first of them. */
function later(unit: () => void, milliseconds: number): () => void {
  let pending = 0
  const flush = () => {
    const count = pending
    pending = 0
    times(count, unit)
  }
  return () => {
    if (pending++ === 0) setTimeout(flush, milliseconds)
  }
}

/** Has others do a batch of units; one unit in some hundred is done here as well, so that it can be timed. */
function inOthers(tell: () => void, turns: number, samples: BurnSamples): () => void {
  const unit = samples.timed(() => burn(turns))
  const here = everySo(TIMED_HERE, unit)
  const there = everySo(BATCH, tell)
  return () => {
    here()
    there()
  }
}

function burnerThread(turns: number): () => void {
  const worker = new Worker(new URL('./burn-elsewhere.ts', import.meta.url), { argv: [String(turns), String(BATCH)] })
  worker.unref()
  return () => worker.postMessage(null)
}

function forkBurner(turns: number): ChildProcess {
  const child = fork(new URL('./burn-elsewhere.ts', import.meta.url), [String(turns), String(BATCH)])
  child.unref()
  child.channel?.unref()
  return child
}

/** CPU time of all threads of a process, microseconds. */
function cpuMicrosecondsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks).reduce(
    (sum, id) => sum + Number(readFileSync(join(tasks, id, 'schedstat'), 'utf8').split(' ')[0]) / 1000,
    0,
  )
}

/** Long-lived rubbish: a ring of buffers of which every request replaces one, and arrays that die at once. */
function garbage(kibibytes: number): () => void {
  const kept: unknown[] = new Array(2_000).fill(null)
  let next = 0
  return () => {
    if (kibibytes === 0) return
    kept[next++ % kept.length] = Array.from({ length: (kibibytes * KIBIBYTE) / 64 }, (_, index) => ({ index }))
  }
}

function everySo(count: number, act: () => void): () => void {
  let calls = 0
  return () => {
    if (++calls % count === 0) act()
  }
}

function times(count: number, act: () => void): void {
  for (let left = count; left > 0; left--) act()
}
