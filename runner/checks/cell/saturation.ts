import type { CellCheck, CellFacts } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { BUSY_ENOUGH, HARDLY_BUSY, LOAD_GENERATOR_BUSY } from '../thresholds.ts'
import { connectionsAreTheLimit, wantedConnections } from './connections.ts'
import { stallMilliseconds } from './stall.ts'

/** Was the server the limit, and if not, what was? The most telling answer alone. */
export const checkSaturation: CellCheck = (facts) => {
  const { loadBusy } = facts.figures
  const serverBusy = busyShare(facts)
  const milliseconds = stallMilliseconds(facts, serverBusy)
  if (milliseconds !== null) return [finding('stall', { milliseconds, serverBusy })]
  const loadAtItsLimit = loadBusy !== null && loadBusy > LOAD_GENERATOR_BUSY
  // That the server idles was to be expected, but not that the load generator has nothing left to give.
  if (!facts.loadSaturates) {
    return loadAtItsLimit && serverBusy < BUSY_ENOUGH ? [finding('load-generator-bound', { serverBusy, loadBusy })] : []
  }
  // What kept it from its CPU is told by findings of their own.
  if (serverBusy + waitShare(facts) >= BUSY_ENOUGH) return loadAtItsLimit ? [finding('load-generator-busy', { loadBusy })] : []
  if (!facts.driverSleeps && serverBusy < HARDLY_BUSY) {
    if (connectionsAreTheLimit(facts))
      return [finding('connections-bound', { serverBusy, ...wantedConnections(facts, serverBusy) })]
    return [finding('server-idle', { serverBusy, loadBusy })]
  }
  if (serverBusy < BUSY_ENOUGH) return [finding('load-generator-bound', { serverBusy, loadBusy })]
  return loadAtItsLimit ? [finding('load-generator-busy', { loadBusy })] : []
}

/** Of what its workers can use: each of them has one thread that answers, and they share the CPUs they have. */
function busyShare({ figures: { serverBusy, deployment }, cpus }: CellFacts): number {
  return serverBusy / Math.min(deployment.workers, cpus ?? deployment.workers)
}

/** Of the time of its slices, in which it wanted to run and something else had its CPU: another app of the run, or another program. */
function waitShare({ totals: { waitNs, elapsedNs } }: CellFacts): number {
  return (waitNs ?? 0) / elapsedNs
}
