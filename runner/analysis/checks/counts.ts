import { type CellCheck, type CellFacts, findingOf, fixed, invalid, kindsOf, percent, suspect } from './finding.ts'

/** Little's law, |X · R ÷ N − 1|. Seen in quiet slices: X · R ÷ N from 0.993 to 0.995 (median), on every endpoint but `lookup`. */
const LITTLE_SUSPECT = 0.05
const LITTLE_INVALID = 0.1
/** Answers per connection and slice; with 3 of them, on `lookup`, X · R ÷ N is 0.955 to 0.971, because the first lap is slower. */
const LITTLE_LAPS = 10
/** Latencies are recorded of disturbed slices too: with more of them than this, they tell of the disturbance. */
const LITTLE_DISTURBED_SHARE = 0.1
/** Answers that were waited for after the gate had closed are in the latencies and mostly not in the rate: with more of that than this, the law says nothing. */
const LITTLE_SLOW_SHARE = LITTLE_SUSPECT
/**
 * A rate needs a steady part, laps a slice: with fewer, slices without any are slow ones, and what is left is too fast. Answers that come
 * all at once after a stall have none.
 */
const FEWEST_LAPS = 2
/**
 * Two counts of one thing may differ by ramps and rounding. Seen: CPU over elapsed time up to 0.994; steady rate times cost up to 1.01 with
 * 16 connections, in 60 cells of servers, proxies and files.
 */
const COUNTERS_MAY_EXCEED = 1.03
/**
 * By how much more than others a request outside of the steady part may cost, share. Seen with the skeleton: steady rate times cost 0.99
 * where 3 % of the requests are outside (16 connections), 1.00 where 6 % are (32), 1.02 where 11 % are (64), 1.05 where 20 % are (128).
 */
const UNSTEADY_MAY_COST_MORE = 0.3
/** In a few slices ramp and drain weigh too much. Nanoseconds, some fifty slices. */
const ENOUGH_TIME_FOR_COUNTERS_NS = 1e9
/** The process' own clock ticks beside the nanoseconds of its process tree. Seen: 0.98 to 1.02. */
const TICKS_MAY_EXCEED = 1.05
/** Ticks are counted in steps of 10 ms: less CPU time than this, in nanoseconds, is too few of them. */
const ENOUGH_CPU_FOR_TICKS_NS = 5e9
/** A difference of two readings in whole ticks is off by 10 ms / √6 in the mean square: so many deviations of a sum are no rounding. */
const TICK_DEVIATION_NS = 10e6 / Math.sqrt(6)
const TICK_DEVIATIONS = 5

export const countsKinds = kindsOf('cell', {
  'littles-law-strained': suspect({
    meaning: `Little's law, N = X · R: requests/s times the mean latency must be the number of connections, which are all busy all the time. It is off by more than ${percent(LITTLE_SUSPECT, 0)}, so clock, counts or connections are not what they seem. 0.7 % was seen. Not judged without latencies, where a connection gets fewer than ${LITTLE_LAPS} answers in a slice, nor where slow answers explain it.`,
    message: ({ product, connections }) =>
      `requests per second times mean latency is ${fixed(product, 2)}, but there were ${connections} connections: times and counts disagree`,
    advice: 'Look for connections that are idle or closed, and for requests that take turns; measure again.',
  }),
  'littles-law-broken': invalid({
    meaning: `As littles-law-strained, by more than ${percent(LITTLE_INVALID, 0)}.`,
    message: ({ product, connections }) =>
      `requests per second times mean latency is ${fixed(product, 2)}, but there were ${connections} connections: times and counts contradict each other`,
    advice: 'Look for connections that are idle or closed, and for requests that take turns; measure again.',
  }),
  'counters-disagree': invalid({
    meaning: `Two counts of the same thing differ: a pinned server used more than ${percent(COUNTERS_MAY_EXCEED, 0)} of the CPUs it has; or requests/s times cost come to more than ${percent(COUNTERS_MAY_EXCEED, 0)} of them, and ${UNSTEADY_MAY_COST_MORE} % more for each percent of the requests that are in the cost and not in the rate, because the first ones of a slice meet cold caches; or the kernel's clock ticks show ${percent(TICKS_MAY_EXCEED - 1, 0)} more CPU time of the server's process than the nanoseconds of all its threads. 99, 101 and 102 % were seen at most with 16 connections.`,
    message: ({ what, share }) => `the counters contradict each other: ${what} is ${percent(share)}, which cannot be`,
    advice: 'Look for threads that live only for a moment, or for a clock that was changed; if neither, please report it.',
  }),
})

const finding = findingOf(countsKinds)

/**
 * Little's law: N = X · R in a closed loop whose N connections all wait for an answer (Little 1961; Denning & Buzen 1978). Throughput and
 * latency come from different counters, so they check each other. The copies of the baseline have N connections each and are asked in
 * turns, so their times add up and X is that of one. In an open loop connections are idle, and nothing is known of N.
 */
export const checkLittlesLaw: CellCheck = ({ figures, totals }) => {
  const mean = figures.latencyMicroseconds?.mean ?? null
  const { steadyRequests, steadyNs } = totals.loaded
  const { connections } = figures.load
  // Few laps: the first answer of every connection is slower, and the drain, when fewer than N are on their way, is long.
  if (mean === null || lapsPerSlice({ figures, totals }) < LITTLE_LAPS || figures.openLoop !== undefined) return null
  // A server that is kept waiting for its CPU answers late, and mostly during the drain, when fewer than N are on their way.
  if (totals.steadyNs < steadyNs * (1 - LITTLE_DISTURBED_SHARE)) return null
  if (totals.slow.waitNs > totals.steadyNs * LITTLE_SLOW_SHARE) return null
  const product = (steadyRequests / steadyNs) * mean * 1000
  const off = Math.abs(product / connections - 1)
  const code = off > LITTLE_INVALID ? 'littles-law-broken' : 'littles-law-strained'
  return off > LITTLE_SUSPECT && finding(code, { product, connections })
}

/** Do the counters of CPU time, of elapsed time and of requests agree with each other? */
export const checkCounters: CellCheck = (facts) => {
  const { figures, totals, cpus } = facts
  if (totals.elapsedNs < ENOUGH_TIME_FOR_COUNTERS_NS) return null
  const busy = totals.serverCpuNs / totals.elapsedNs
  const disagree = (what: string, share: number) => finding('counters-disagree', { what, share })
  if (cpus !== null && busy > COUNTERS_MAY_EXCEED * cpus) return disagree(`CPU time over elapsed time on ${inWords(cpus)}`, busy)
  // The utilisation law: throughput times the time each request takes is how busy the server is (Denning & Buzen 1978).
  const steady = (totals.steadyRequests / totals.steadyNs) * (totals.serverCpuNs / figures.requests)
  // What is not steady is in the cost and not in the rate, and the first lap meets caches that other servers have used.
  const unsteadyShare = 1 - totals.steadyRequests / figures.requests
  const allowed = COUNTERS_MAY_EXCEED + UNSTEADY_MAY_COST_MORE * unsteadyShare
  if (cpus !== null && lapsPerSlice(facts) > FEWEST_LAPS && steady > allowed * cpus) {
    return disagree(`requests/s times cost on ${inWords(cpus)}`, steady)
  }
  const { userNs, systemNs, serverCpuNs } = totals
  if (userNs === null || systemNs === null || serverCpuNs < ENOUGH_CPU_FOR_TICKS_NS) return null
  // The process is a part of its tree, so it cannot have used more CPU than the tree.
  const ticks = userNs + systemNs
  const rounding = TICK_DEVIATIONS * TICK_DEVIATION_NS * Math.sqrt(figures.slices)
  if (ticks <= serverCpuNs * TICKS_MAY_EXCEED || ticks - serverCpuNs <= rounding) return null
  return disagree("CPU time of the server's process by ticks over that of all its threads in nanoseconds", ticks / serverCpuNs)
}

function inWords(cpus: number): string {
  return cpus === 1 ? 'one CPU' : `${cpus} CPUs`
}

/** Steady answers per connection and slice: in a lap every connection is answered once. */
function lapsPerSlice({ figures, totals }: Pick<CellFacts, 'figures' | 'totals'>): number {
  return totals.steadyRequests / (figures.slices * figures.load.connections)
}
