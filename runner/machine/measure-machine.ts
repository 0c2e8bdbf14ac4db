import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RunError } from '../result/errors.ts'
import type { SpeedScore } from '../result/fact.ts'
import { median } from '../statistics/summary.ts'
import { Child, firstMessage } from './child.ts'
import type { CpuPlacement } from './placement.ts'
import { type CpuTicks, NANOSECONDS_PER_TICK, readCpuTicks, ticksBetween } from './procfs.ts'
import { SPEED_WORK_CHECKSUM, SPEED_WORK_VERSION } from './speed-work.ts'

const QUIET_MILLISECONDS = 1_000
const PAIRS = 7
/** A slow machine gets fewer pairs, so that the doctor ends within a quarter of a minute everywhere. */
const LEAST_PAIRS = 3
const PAIRS_LIMIT_MILLISECONDS = 8_000
const MICROSECONDS_PER_TICK = NANOSECONDS_PER_TICK / 1000

/** Shares of the used CPUs' time over some seconds, 0 to 1; null where the kernel does not say. Foreign: busy, but not with the suite. */
export interface CpuShare {
  readonly seconds: number
  readonly steal: number | null
  readonly foreign: number | null
}

/** What has to be measured, because no file tells it. */
export interface Measured {
  /** While the suite does nothing. */
  readonly quiet: CpuShare
  /** While fixed work runs on the server's CPU; `foreign` is not looked at. */
  readonly loaded: CpuShare
  /** What fixed work costs while the other CPU spins, over what it costs while that is idle, in pairs of processes; null: there are no two. */
  readonly coupling: { readonly median: number; readonly low: number; readonly high: number; readonly pairs: number } | null
  /**
   * A second of packets over loopback in one process, in hundredths of a second: CPU time that was charged to the process, what its CPU was
   * busy, and the part of that in interrupts, which is where packets are delivered.
   */
  readonly loopback: { readonly charged: number; readonly busy: number; readonly interrupts: number } | null
}

/** What was measured, and the times of the fixed work with the other CPU idle, from which the speed score is made. */
export type MachineMeasurement = Awaited<ReturnType<typeof measureMachine>>

/** Takes a quiet second, then does fixed work in fresh processes, with the load generator's CPU idle and spinning in turns. */
export async function measureMachine({ serverCpu, loadCpu }: CpuPlacement) {
  const used = serverCpu === null || loadCpu === null ? null : [serverCpu, loadCpu]
  const { share: quiet } = await watch(used, () => sleep(QUIET_MILLISECONDS))
  const { result: pairs, share: loaded } = await watch(used, () => measurePairs(serverCpu, loadCpu))
  const measured: Measured = { quiet, loaded, coupling: couplingOf(pairs), loopback: await measureLoopback(serverCpu) }
  return { measured, workMicroseconds: pairs.map(({ idle }) => idle) }
}

/** CPU time of the work in two neighbouring processes, microseconds; `busy` is null when there is no second CPU. */
interface Pair {
  readonly idle: number
  readonly busy: number | null
}

async function measurePairs(serverCpu: number | null, loadCpu: number | null): Promise<Pair[]> {
  const pairs: Pair[] = []
  const startedAt = performance.now()
  while (pairs.length < PAIRS && (pairs.length < LEAST_PAIRS || performance.now() - startedAt < PAIRS_LIMIT_MILLISECONDS)) {
    const idle = await timeWork(serverCpu)
    const spinning = loadCpu === null ? null : (await startWork('spin', loadCpu)).child
    try {
      pairs.push({ idle, busy: spinning && (await timeWork(serverCpu)) })
    } finally {
      await spinning?.stop()
    }
  }
  return pairs
}

/** Ratios within pairs: what changes slowly acts on both. */
function couplingOf(pairs: readonly Pair[]): Measured['coupling'] {
  const ratios = pairs.flatMap(({ idle, busy }) => (busy === null ? [] : [busy / idle]))
  if (ratios.length === 0) return null
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios), pairs: ratios.length }
}

async function measureLoopback(serverCpu: number | null): Promise<Measured['loopback']> {
  if (serverCpu === null) return null
  const before = readCpuTicks()
  try {
    const { cpuMicroseconds } = await doWork('loopback', serverCpu)
    const { busy, interrupts } = ticksBetween(before, readCpuTicks(), [serverCpu])
    return busy === 0 ? null : { charged: cpuMicroseconds / MICROSECONDS_PER_TICK, busy, interrupts }
  } catch (error) {
    // A machine without loopback has bigger trouble; the preflight of a run tells it.
    if (error instanceof RunError) return null
    throw error
  }
}

/** Does something and says what became of the CPUs' time meanwhile; null for the CPUs: all of them. */
async function watch<T>(cpus: readonly number[] | null, act: () => Promise<T>): Promise<{ result: T; share: CpuShare }> {
  const [before, startedAt, ownBefore] = [readCpuTicks(), performance.now(), process.cpuUsage()]
  const result = await act()
  const [after, own] = [readCpuTicks(), process.cpuUsage(ownBefore)]
  const seconds = (performance.now() - startedAt) / 1000
  const ticks = ticksBetween(before, after, cpus ?? [...after.keys()])
  return { result, share: { seconds, ...sharesOf(ticks, (own.user + own.system) / MICROSECONDS_PER_TICK) } }
}

/** Shares of stolen and of foreign time; null where no time has passed, which is where the kernel counts none. Pure. */
export function sharesOf({ busy, steal, total }: CpuTicks, ownTicks: number): Pick<CpuShare, 'steal' | 'foreign'> {
  if (total <= 0) return { steal: null, foreign: null }
  return { steal: steal / total, foreign: Math.max(0, busy - ownTicks) / total }
}

const WORK_PROCESS = fileURLToPath(new URL('./work-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 60_000
/**
 * CPU time of the work on the machine that has 100: AMD EPYC (family 25, model 17) at 2.6 GHz, a virtual machine with 2 CPUs, Linux
 * 6.18, Node.js 24.21.0, November 2026. It belongs to version 1 of the work.
 */
const REFERENCE_MICROSECONDS = 220_000

/** What `work-process.ts` can be told to do, as its only argument. */
export type WorkKind = 'work' | 'spin' | 'loopback'

/** What it says when it has done so, with the checksum of `work`; `spin` says so when it has begun, and goes on. */
export interface WorkMessage {
  readonly cpuMicroseconds: number
  readonly checksum?: number
}

/** Starts a fresh process on a CPU (null: on any) and waits for its first word. @throws RunError when none comes within a minute */
export async function startWork(kind: WorkKind, cpu: number | null) {
  const child = new Child(WORK_PROCESS, [kind], cpu)
  const failed = (how: string) => new RunError('work-process', `the process that does fixed work (${kind}) ${how}`)
  return { child, message: await firstMessage<WorkMessage>(child, LONGEST_MILLISECONDS, failed) }
}

/** One piece of work from start to end. */
export async function doWork(kind: Exclude<WorkKind, 'spin'>, cpu: number | null): Promise<WorkMessage> {
  const { child, message } = await startWork(kind, cpu)
  await child.stop()
  return message
}

/** CPU microseconds of the fixed work in a fresh process on a CPU (null: on any). @throws RunError when it fails, or its checksum is wrong */
export async function timeWork(cpu: number | null): Promise<number> {
  const { checksum, cpuMicroseconds } = await doWork('work', cpu)
  if (checksum === SPEED_WORK_CHECKSUM) return cpuMicroseconds
  const wrong = `the fixed work came to ${checksum} instead of ${SPEED_WORK_CHECKSUM}: this Node.js computes wrongly`
  throw new RunError('work-process', wrong)
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
