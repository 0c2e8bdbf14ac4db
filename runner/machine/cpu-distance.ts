import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** Round trips of one cache line per reading: 0.1 ms on neighbouring cores, 1 ms on distant ones. */
const ROUND_TRIPS = 2_000
/** A partner that does not answer is not running where it should; nothing waits for it. Milliseconds. */
const REPLY_LIMIT_MILLISECONDS = 500
/** To start a thread takes a busy machine longer; without it the whole run would not know the distance. */
const START_LIMIT_MILLISECONDS = 15_000

/**
 * How far apart two CPUs are: the time of one round trip of a cache line between them.
 *
 * A request over loopback moves some cache lines between the load generator's CPU and the server's (socket queues, buffers), so its
 * cost grows with this distance. On a virtual machine the host may move a virtual CPU to another core complex at any moment; the guest
 * sees nothing but this.
 */
export interface CpuDistanceMeter {
  /** Nanoseconds per round trip; null when it could not be measured. Both CPUs should have nothing else to do. */
  read(): Promise<number | null>
  close(): Promise<void>
}

/**
 * Opens a meter: a thread pinned to the one CPU, and another on the other CPU, or this very thread if it runs there already; asleep
 * between readings. Null where threads cannot be pinned.
 * @param ownCpu the CPU that the caller is pinned to; null: neither of the two
 */
export async function openCpuDistanceMeter(
  oneCpu: number,
  otherCpu: number,
  ownCpu: number | null = null,
): Promise<CpuDistanceMeter | null> {
  const shared = new SharedArrayBuffer(256)
  const workers: Worker[] = []
  const close = async () => void (await Promise.all(workers.map((worker) => worker.terminate())))
  try {
    workers.push(await pinnedThread({ shared, role: 1, roundTrips: ROUND_TRIPS }, oneCpu))
    if (ownCpu !== otherCpu) workers.push(await pinnedThread({ shared, role: 0, roundTrips: ROUND_TRIPS }, otherCpu))
  } catch {
    await close()
    return null
  }
  return { read: () => pingPong(workers, { shared, role: 0, roundTrips: ROUND_TRIPS }), close }
}

/** What a side is given. */
interface Throw {
  readonly shared: SharedArrayBuffer
  /** 0 throws and measures, 1 throws back. */
  readonly role: number
  readonly roundTrips: number
}

/**
 * One side: throws one word of shared memory back and forth. Runs in a thread from its own text too, so it may use nothing from outside: a
 * thread that loads TypeScript takes 20 MB for the compiler alone.
 * @returns nanoseconds per round trip on the side that measures, zero on the other; null when the partner stayed away
 */
function throwBall({ shared, role, roundTrips }: Throw): number | null {
  const turn = new Int32Array(shared)
  // The word that is thrown, and the counts of readings that say when to begin, on cache lines of their own.
  const ball = 0
  const ready = 32
  // The quickest of many short stretches: an interrupt, or a partner that has just woken up, lengthens some of them only.
  const stretch = 200
  // A partner that is not running where it should must not be waited for for ever.
  const patience = 50_000_000

  const waitFor = (met: () => boolean) => {
    for (let look = 0; look < patience; look++) if (met()) return true
    return false
  }
  const readings = Atomics.add(turn, ready + role, 1) + 1
  if (!waitFor(() => Atomics.load(turn, ready + 1 - role) >= readings)) return null
  let quickest = Number.POSITIVE_INFINITY
  let startedAt = performance.now()
  for (let trip = 1; trip <= roundTrips; trip++) {
    if (role === 0) Atomics.store(turn, ball, 1)
    if (!waitFor(() => Atomics.load(turn, ball) === (role === 0 ? 0 : 1))) return null
    if (role === 1) Atomics.store(turn, ball, 0)
    if (trip % stretch === 0) {
      const now = performance.now()
      quickest = Math.min(quickest, now - startedAt)
      startedAt = now
    }
  }
  return role === 0 ? (quickest * 1e6) / stretch : 0
}

/** The code of a thread: throws when it is told to. */
const throwingThread = `
  const { workerData, parentPort } = require('node:worker_threads')
  const throwBall = ${throwBall}
  parentPort.on('message', () => parentPort.postMessage(throwBall(workerData)))
  parentPort.postMessage('ready')
`

/** @throws Error when a thread that is still there cannot be pinned */
async function pinnedThread(side: Throw, cpu: number): Promise<Worker> {
  const before = new Set(threads())
  const worker = new Worker(throwingThread, {
    eval: true,
    workerData: side,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  })
  // A meter that is not closed must not keep the process alive.
  worker.unref()
  await message(worker, START_LIMIT_MILLISECONDS)
  // Node has no call to pin a thread, but the kernel takes thread numbers from anyone who owns the process.
  for (const thread of threads().filter((one) => !before.has(one))) {
    try {
      execFileSync('taskset', ['-c', '-p', String(cpu), thread], { stdio: 'ignore' })
    } catch (error) {
      if (existsSync(`/proc/self/task/${thread}`)) throw error
    }
  }
  return worker
}

async function pingPong(workers: readonly Worker[], own: Throw): Promise<number | null> {
  const answers = Promise.all(workers.map((worker) => message(worker)))
  // Whoever is not waited for must not end the process.
  answers.catch(() => {})
  for (const worker of workers) worker.postMessage('go')
  const mine = workers.length === 1 ? throwBall(own) : null
  try {
    const nanoseconds = mine ?? (await answers).find((answer) => typeof answer === 'number' && answer > 0)
    await answers
    return typeof nanoseconds === 'number' ? nanoseconds : null
  } catch {
    return null
  }
}

function message(worker: Worker, limitMilliseconds = REPLY_LIMIT_MILLISECONDS): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const limit = setTimeout(() => reject(new Error('no answer')), limitMilliseconds)
  worker.once('message', resolve)
  worker.once('error', reject)
  return promise.finally(() => {
    clearTimeout(limit)
    worker.off('message', resolve)
    worker.off('error', reject)
  })
}

const threads = () => readdirSync('/proc/self/task')
