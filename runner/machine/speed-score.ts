import { RunError } from '../result/errors.ts'
import type { SpeedScore } from '../result/fact.ts'
import { median } from '../statistics/summary.ts'
import { SPEED_WORK_CHECKSUM, SPEED_WORK_VERSION } from './speed-work.ts'
import { doWork } from './work.ts'

/**
 * CPU time of the work on the machine that has 100: AMD EPYC (family 25, model 17) at 2.6 GHz, a virtual machine with 2 CPUs, Linux
 * 6.18, Node.js 24.21.0, November 2026. It belongs to version 1 of the work.
 */
const REFERENCE_MICROSECONDS = 220_000

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
