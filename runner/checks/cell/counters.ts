import type { CellCheck, CellFacts } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import {
  COUNTERS_MAY_EXCEED,
  ENOUGH_CPU_FOR_TICKS_NS,
  ENOUGH_TIME_FOR_COUNTERS_NS,
  FEWEST_LAPS,
  TICK_DEVIATION_NS,
  TICK_DEVIATIONS,
  TICKS_MAY_EXCEED,
  UNSTEADY_MAY_COST_MORE,
} from '../thresholds.ts'
import { lapsPerSlice } from './laps.ts'

/** Do the counters of CPU time, of elapsed time and of requests agree with each other? */
export const checkCounters: CellCheck = (facts) => {
  const { figures, totals, cpus } = facts
  if (totals.elapsedNs < ENOUGH_TIME_FOR_COUNTERS_NS) return []
  const busy = totals.serverCpuNs / totals.elapsedNs
  if (cpus !== null && busy > COUNTERS_MAY_EXCEED * cpus) {
    return [finding('counters-disagree', { what: `CPU time over elapsed time on ${inWords(cpus)}`, share: busy })]
  }
  // The utilisation law: throughput times the time each request takes is how busy the server is (Denning & Buzen 1978).
  const steady = (totals.steadyRequests / totals.steadyNs) * (totals.serverCpuNs / figures.requests)
  // What is not steady is in the cost and not in the rate, and the first lap meets caches that other servers have used.
  const unsteadyShare = 1 - totals.steadyRequests / figures.requests
  const allowed = COUNTERS_MAY_EXCEED + UNSTEADY_MAY_COST_MORE * unsteadyShare
  if (cpus !== null && lapsPerSlice(facts) > FEWEST_LAPS && steady > allowed * cpus) {
    return [finding('counters-disagree', { what: `requests/s times cost on ${inWords(cpus)}`, share: steady })]
  }
  return exceedsTree(facts)
    ? [
        finding('counters-disagree', {
          what: "CPU time of the server's process by ticks over that of all its threads in nanoseconds",
          share: (totals.userNs! + totals.systemNs!) / totals.serverCpuNs,
        }),
      ]
    : []
}

function inWords(cpus: number): string {
  return cpus === 1 ? 'one CPU' : `${cpus} CPUs`
}

/** The process is a part of its tree, so it cannot have used more CPU than the tree. */
function exceedsTree({ figures, totals: { userNs, systemNs, serverCpuNs } }: CellFacts): boolean {
  if (userNs === null || systemNs === null || serverCpuNs < ENOUGH_CPU_FOR_TICKS_NS) return false
  const ticks = userNs + systemNs
  const rounding = TICK_DEVIATIONS * TICK_DEVIATION_NS * Math.sqrt(figures.slices)
  return ticks > serverCpuNs * TICKS_MAY_EXCEED && ticks - serverCpuNs > rounding
}
