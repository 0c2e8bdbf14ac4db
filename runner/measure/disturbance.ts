import type { KernelCounters } from '../machine/kernel-counters.ts'
import { NANOSECONDS_PER_TICK } from '../machine/procfs.ts'
import { total } from '../statistics/summary.ts'
import type { Slice } from './records.ts'

/** All that may be known of a slice when it is judged: nothing of what it is measured for. */
export type JudgedSlice = Pick<Slice, 'elapsedNs' | 'serverWaitNs' | 'loadWaitNs' | 'reconnects'>

/** One attempt at a block: its slices, and the kernel's counters before and after it. */
export interface Attempt {
  readonly slices: readonly JudgedSlice[]
  /**
   * CPU time that the servers used outside their own slices, nanoseconds: threads that collect garbage or compile may go on while the
   * next server is asked. It waits for them, but they are no strangers; throwing such blocks away would spare an app its garbage.
   */
  readonly spilledNs: number
  readonly before: KernelCounters
  readonly after: KernelCounters
}

interface DisturbanceRule {
  readonly code: string
  readonly because: string
  isBroken(attempt: Attempt): boolean
}

/** /proc/stat counts stolen time in ticks: one may be the end of what was stolen before. */
const ALLOWED_STEAL_TICKS = 1
/** Of the time of a block, for blocks so long that one tick is nothing. */
const ALLOWED_STEAL_SHARE = 0.02
/**
 * Wait in one slice, nanoseconds and share of the slice, whichever is more. Every machine has daemons; their turns take 3 to 10 ms here,
 * change the cost of a slice by 1 to 4 %, and go to all apps alike. What is longer is a neighbour. Calibrated, see "Disturbed blocks" in
 * docs/methodology.md.
 */
const ALLOWED_SERVER_WAIT = { ns: 10e6, share: 0.05 }
/** The same of the load generator; while it waits the server costs what it always costs, but answers less. */
const ALLOWED_LOAD_WAIT = { ns: 10e6, share: 0.1 }

/**
 * A study may have forty slices in a block. Somewhere in so many a daemon has its turn, and throwing the block away would throw away all
 * of them, again and again: of these slices, whichever they are, so many may wait for longer, though none for as long as a neighbour makes
 * it wait.
 */
const MAY_WAIT_LONGER = { share: 0.05, times: 2 }

/** Every rule that is broken makes a block not count; the first one, the gravest, names the reason. */
export const disturbanceRules = [
  {
    code: 'throttled',
    because: 'a CPU quota stops all processes for the rest of its period; what runs on is cold',
    isBroken: (attempt) => counted(attempt, 'throttledPeriods') > 0,
  },
  {
    code: 'listen-overflow',
    because: 'connections were refused, so fewer than requested carry the load',
    isBroken: (attempt) => counted(attempt, 'listenOverflows') + counted(attempt, 'listenDrops') > 0,
  },
  {
    code: 'retransmits',
    because: 'a connection was silent until its timer ran out, and the kernel did work for it that no request caused',
    isBroken: (attempt) => counted(attempt, 'retransmits') + counted(attempt, 'timeouts') > 0,
  },
  {
    code: 'steal',
    because: 'the hypervisor ran another guest, which left the caches cold',
    isBroken: (attempt) => counted(attempt, 'stealTicks') > allowedStealTicks(attempt),
  },
  {
    code: 'foreign-cpu',
    because: 'another program ran on the CPU of the server and has left its caches cold',
    isBroken: ({ slices, spilledNs }) =>
      waitTooLong(slices, ALLOWED_SERVER_WAIT, ({ serverWaitNs }) => (serverWaitNs ?? 0) - spilledNs),
  },
  {
    code: 'load-disturbed',
    because: 'another program ran on the CPU of the load generator, and the server was left without requests',
    isBroken: ({ slices }) => waitTooLong(slices, ALLOWED_LOAD_WAIT, ({ loadWaitNs }) => loadWaitNs ?? 0),
  },
  {
    code: 'reconnects',
    because: 'opening a connection is work that other slices do not have',
    isBroken: ({ slices }) => slices.some(({ reconnects }) => reconnects > 0),
  },
] as const satisfies readonly DisturbanceRule[]

/** Why an attempt at a block does not count. */
export type DisturbanceCode = (typeof disturbanceRules)[number]['code']

/**
 * Whether something from outside disturbed an attempt at a block; null: nothing that can be seen. Costs, requests and latencies are not
 * looked at: choosing slices by what they say would choose the result.
 */
export function disturbanceOf(attempt: Attempt): DisturbanceCode | null {
  return disturbanceRules.find((rule) => rule.isBroken(attempt))?.code ?? null
}

function counted({ before, after }: Attempt, counter: keyof KernelCounters): number {
  const [now, then] = [after[counter], before[counter]]
  return now === null || then === null ? 0 : now - then
}

function allowedStealTicks({ slices }: Attempt): number {
  const elapsedNs = total(slices, (slice) => slice.elapsedNs)
  return Math.max(ALLOWED_STEAL_TICKS, (ALLOWED_STEAL_SHARE * elapsedNs) / NANOSECONDS_PER_TICK)
}

function waitTooLong(
  slices: readonly JudgedSlice[],
  allowed: typeof ALLOWED_LOAD_WAIT,
  waitNs: (slice: JudgedSlice) => number,
): boolean {
  const timesAllowed = slices.map((slice) => waitNs(slice) / Math.max(allowed.ns, allowed.share * slice.elapsedNs))
  const longer = timesAllowed.filter((times) => times > 1)
  return (
    longer.length > Math.floor(MAY_WAIT_LONGER.share * slices.length) || longer.some((times) => times > MAY_WAIT_LONGER.times)
  )
}
