import type { CellCheck } from '../cell-facts.ts'
import { finding } from '../registry.ts'
import { LITTLE_DISTURBED_SHARE, LITTLE_INVALID, LITTLE_LAPS, LITTLE_SLOW_SHARE, LITTLE_SUSPECT } from '../thresholds.ts'
import { lapsPerSlice } from './laps.ts'

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
  if (mean === null || lapsPerSlice({ figures, totals }) < LITTLE_LAPS || figures.openLoop !== undefined) return []
  // A server that is kept waiting for its CPU answers late, and mostly during the drain, when fewer than N are on their way.
  if (totals.steadyNs < steadyNs * (1 - LITTLE_DISTURBED_SHARE)) return []
  if (totals.slow.waitNs > totals.steadyNs * LITTLE_SLOW_SHARE) return []
  const product = (steadyRequests / steadyNs) * mean * 1000
  const off = Math.abs(product / connections - 1)
  if (off > LITTLE_INVALID) return [finding('littles-law-broken', { product, connections })]
  return off > LITTLE_SUSPECT ? [finding('littles-law-strained', { product, connections })] : []
}
