import { setTimeout as sleep } from 'node:timers/promises'
import { RunError } from '../result/errors.ts'
import { median } from '../statistics/summary.ts'
import type { CpuPlacement } from './cpus.ts'
import type { Coupling, CpuShare, LoopbackTicks, Measured } from './measured.ts'
import { type CpuTicks, NANOSECONDS_PER_TICK, readCpuTicks, ticksBetween } from './procfs.ts'
import { timeWork } from './speed-score.ts'
import { doWork, startWork } from './work.ts'

const QUIET_MILLISECONDS = 1_000
const PAIRS = 7
/** A slow machine gets fewer pairs, so that the doctor ends within a quarter of a minute everywhere. */
const LEAST_PAIRS = 3
const PAIRS_LIMIT_MILLISECONDS = 8_000
const MICROSECONDS_PER_TICK = NANOSECONDS_PER_TICK / 1000

/** What was measured, and the times of the fixed work with the other CPU idle, from which the speed score is made. */
export interface MachineMeasurement {
  readonly measured: Measured
  readonly workMicroseconds: readonly number[]
}

/** Takes a quiet second, then does fixed work in fresh processes, with the load generator's CPU idle and spinning in turns. */
export async function measureMachine({ serverCpu, loadCpu }: CpuPlacement): Promise<MachineMeasurement> {
  const used = serverCpu === null || loadCpu === null ? null : [serverCpu, loadCpu]
  const quiet = await watch(used, () => sleep(QUIET_MILLISECONDS))
  const { result: pairs, share: loaded } = await watch(used, () => measurePairs(serverCpu, loadCpu))
  return {
    measured: {
      quiet: quiet.share,
      loaded,
      coupling: couplingOf(pairs),
      loopback: await measureLoopback(serverCpu),
    },
    workMicroseconds: pairs.map(({ idle }) => idle),
  }
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
    pairs.push({ idle, busy: loadCpu === null ? null : await beside(loadCpu, () => timeWork(serverCpu)) })
  }
  return pairs
}

async function beside<T>(spinningCpu: number, work: () => Promise<T>): Promise<T> {
  const spinner = await startWork('spin', spinningCpu)
  try {
    return await work()
  } finally {
    await spinner.stop()
  }
}

/** Ratios within pairs: what changes slowly acts on both. */
function couplingOf(pairs: readonly Pair[]): Coupling | null {
  const ratios = pairs.flatMap(({ idle, busy }) => (busy === null ? [] : [busy / idle]))
  if (ratios.length === 0) return null
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios), pairs: ratios.length }
}

async function measureLoopback(serverCpu: number | null): Promise<LoopbackTicks | null> {
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
