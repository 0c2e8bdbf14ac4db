import type { CellFacts } from '../cell-facts.ts'
import { HELD_SHARE, RELEASED_SHARE, STALL_FROM_MILLISECONDS, STALLED_BELOW_BUSY } from '../thresholds.ts'
import { cycleNs } from './connections.ts'

/**
 * How long a response takes because the kernel holds a part of it back until another part is acknowledged, milliseconds; null: no such thing.
 * An app that waits for as long by itself looks alike to every clock. It is told apart by what the load generator sees: its answers come as a
 * whole, or, where it sends the head first, the rest does not come sooner for being acknowledged.
 * @param serverBusy share, from 0 to 1
 */
export function stallMilliseconds(facts: CellFacts, serverBusy: number): number | null {
  if (serverBusy >= STALLED_BELOW_BUSY || !isHeldBack(facts)) return null
  return waits(facts).find((milliseconds) => milliseconds >= STALL_FROM_MILLISECONDS) ?? null
}

/** Are requests waiting mostly for the rest of an answer, and is that the kernel's doing? */
function isHeldBack({ figures, totals }: CellFacts): boolean {
  const { latencyMicroseconds, openLoop, load, requests } = figures
  const { ns, hastened, released } = totals.held
  // Connections wait for answers all the time in a closed loop (N = X · R).
  const waitedNs =
    openLoop === undefined ? load.connections * totals.elapsedNs : requests * (latencyMicroseconds?.mean ?? 0) * 1000
  return ns > HELD_SHARE * waitedNs && hastened > 0 && released >= RELEASED_SHARE * hastened
}

/**
 * How long a response takes, milliseconds: by the latencies, which leave out the first one of each connection in a slice (after a pause TCP
 * mostly acknowledges at once), and by the time from one request of a connection to its next, in a closed loop.
 */
function waits({ figures, totals }: CellFacts): number[] {
  const { latencyMicroseconds, openLoop } = figures
  const cycles = openLoop === undefined ? [cycleNs({ figures, totals }) / 1e6] : []
  return latencyMicroseconds === null ? cycles : [latencyMicroseconds.p50 / 1000, ...cycles]
}
