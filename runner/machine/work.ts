import { fileURLToPath } from 'node:url'
import { RunError } from '../result/errors.ts'
import type { SpeedScore } from '../result/fact.ts'
import { median } from '../statistics/summary.ts'
import { Child, firstMessage } from './child.ts'
import { SPEED_WORK_CHECKSUM, SPEED_WORK_VERSION } from './speed-work.ts'

const WORK_PROCESS = fileURLToPath(new URL('./work-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 60_000
/**
 * CPU time of the work on the machine that has 100: AMD EPYC (family 25, model 17) at 2.6 GHz, a virtual machine with 2 CPUs, Linux
 * 6.18, Node.js 24.21.0, November 2026. It belongs to version 1 of the work.
 */
const REFERENCE_MICROSECONDS = 220_000

/** What `work-process.ts` can be told to do, as its only argument. */
export type WorkKind = 'work' | 'spin' | 'loopback'

/** What it says when it has done so; `spin` says so when it has begun, and goes on. */
export interface WorkMessage {
  readonly cpuMicroseconds: number
  /** Of `work`. */
  readonly checksum?: number
}

/**
 * Starts a fresh process on a CPU (null: on any), which may go on until it is stopped, and waits for what it says.
 * @throws RunError when it ends without a word, or says nothing for a minute
 */
export async function startWork(kind: WorkKind, cpu: number | null) {
  const child = new Child(WORK_PROCESS, [kind], cpu)
  const failed = (how: string) => new RunError('work-process', `the process that does fixed work (${kind}) ${how}`)
  return { child, message: await firstMessage<WorkMessage>(child, LONGEST_MILLISECONDS, failed) }
}

/** One piece of work from start to end. */
export async function doWork(kind: 'work' | 'loopback', cpu: number | null): Promise<WorkMessage> {
  const { child, message } = await startWork(kind, cpu)
  await child.stop()
  return message
}

/**
 * Does the fixed work once in a fresh process on a CPU (null: on any). CPU time in microseconds.
 * @throws RunError when the process fails, or comes to another checksum than the work has
 */
export async function timeWork(cpu: number | null): Promise<number> {
  const { checksum, cpuMicroseconds } = await doWork('work', cpu)
  if (checksum === SPEED_WORK_CHECKSUM) return cpuMicroseconds
  throw new RunError(
    'work-process',
    `the fixed work came to ${checksum} instead of ${SPEED_WORK_CHECKSUM}: this Node.js computes wrongly`,
  )
}

/** 100 × reference time ÷ time, by the median of fresh processes; low and high are the slowest and the fastest of them. Pure. */
export function scoreOf(cpuMicroseconds: readonly number[]): SpeedScore {
  const score = (time: number) => (100 * REFERENCE_MICROSECONDS) / time
  const middle = median(cpuMicroseconds)
  return {
    version: SPEED_WORK_VERSION,
    score: score(middle),
    low: score(Math.max(...cpuMicroseconds)),
    high: score(Math.min(...cpuMicroseconds)),
    processes: cpuMicroseconds.length,
    cpuMilliseconds: middle / 1000,
  }
}

/** The score by one process, in about a third of a second, for the result of a run; null when the work cannot be done. */
export async function quickSpeedScore(cpu: number | null): Promise<SpeedScore | null> {
  try {
    return scoreOf([await timeWork(cpu)])
  } catch (error) {
    // A run does not fail for want of a number beside it.
    if (error instanceof RunError) return null
    throw error
  }
}
