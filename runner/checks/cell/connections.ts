import { MOST_CONNECTIONS } from '../../load/load-shape.ts'
import type { CellFacts } from '../cell-facts.ts'
import { HARDLY_BUSY, LOAD_GENERATOR_BUSY, SPARE_CONNECTIONS, WAITED_FOR_CPU_SHARE } from '../thresholds.ts'

/** From one request of a connection to its next in a closed loop, nanoseconds (Little's law). */
export function cycleNs({ figures, totals }: Pick<CellFacts, 'figures' | 'totals'>): number {
  return (figures.load.connections * totals.elapsedNs) / figures.requests
}

/**
 * A server that idles although all connections are busy all the time, with nobody else at his limit: each request waits for something that
 * is no CPU, such as a database, and there are too few of them.
 */
export function connectionsAreTheLimit({ figures, totals }: CellFacts): boolean {
  const { serverBusy, loadBusy, openLoop } = figures
  if (openLoop !== undefined || (loadBusy ?? 0) > LOAD_GENERATOR_BUSY) return false
  // Of several workers one may be at its limit while another has nothing to do.
  if (serverBusy >= HARDLY_BUSY) return false
  if (totals.cpuWaitNs === null) return false
  return totals.cpuWaitNs / totals.elapsedNs < WAITED_FOR_CPU_SHARE * (1 - serverBusy)
}

/**
 * How many connections would keep the server busy, and how many to try: the next power of two with some to spare. The former is the knee of
 * the asymptotic bounds, N* = R ÷ D (Denning & Buzen 1978), where a request that takes R = N ÷ X uses D = U ÷ X of the server.
 * @param serverBusy U, from 0 to 1
 */
export function wantedConnections({ figures, totals }: CellFacts, serverBusy: number) {
  const { connections } = figures.load
  const knee = connections / serverBusy
  return {
    ...{ connections, needed: Math.ceil(knee) },
    suggested: Math.min(MOST_CONNECTIONS, 2 ** Math.ceil(Math.log2(SPARE_CONNECTIONS * knee))),
    milliseconds: cycleNs({ figures, totals }) / 1e6,
    cpuMilliseconds: totals.serverCpuNs / figures.requests / 1e6,
  }
}
