import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { type ThrowingThread, throwingThread } from './cpu-distance-thread.ts'

/** Round trips of one cache line per reading: 0.1 ms on neighbouring cores, 1 ms on distant ones. */
const ROUND_TRIPS = 2_000
/** A partner that does not answer is not running where it should; nothing waits for it. Milliseconds. */
const REPLY_LIMIT_MILLISECONDS = 500

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

/** Two threads of this process, one pinned to each CPU, asleep between readings. Null where threads cannot be pinned. */
export async function openCpuDistanceMeter(oneCpu: number, otherCpu: number): Promise<CpuDistanceMeter | null> {
  const shared = new SharedArrayBuffer(256)
  const workers: Worker[] = []
  const close = async () => void (await Promise.all(workers.map((worker) => worker.terminate())))
  try {
    for (const [role, cpu] of [oneCpu, otherCpu].entries()) workers.push(await pinnedThread(shared, role, cpu))
  } catch {
    await close()
    return null
  }
  return { read: () => pingPong(workers), close }
}

async function pinnedThread(shared: SharedArrayBuffer, role: number, cpu: number): Promise<Worker> {
  const before = new Set(threads())
  const worker = new Worker(`(${throwingThread})(require('node:worker_threads'))`, {
    eval: true,
    workerData: { shared, role, roundTrips: ROUND_TRIPS } satisfies ThrowingThread,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
  })
  // A meter that is not closed must not keep the process alive.
  worker.unref()
  await message(worker)
  // Node has no call to pin a thread, but the kernel takes thread numbers from anyone who owns the process.
  for (const thread of threads()) {
    if (!before.has(thread)) execFileSync('taskset', ['-c', '-p', String(cpu), thread], { stdio: 'ignore' })
  }
  return worker
}

async function pingPong(workers: readonly Worker[]): Promise<number | null> {
  const answers = workers.map(message)
  for (const worker of workers) worker.postMessage('go')
  try {
    const [nanoseconds] = await Promise.all(answers)
    return typeof nanoseconds === 'number' && nanoseconds > 0 ? nanoseconds : null
  } catch {
    return null
  }
}

function message(worker: Worker): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const limit = setTimeout(() => reject(new Error('no answer')), REPLY_LIMIT_MILLISECONDS)
  worker.once('message', resolve)
  worker.once('error', reject)
  return promise.finally(() => {
    clearTimeout(limit)
    worker.off('message', resolve)
    worker.off('error', reject)
  })
}

function threads(): string[] {
  return readdirSync('/proc/self/task')
}
