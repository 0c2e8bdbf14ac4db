import { mean, total } from '../statistics/summary.ts'
import type { CellRound, RoundAnalysis } from './round-analysis.ts'

/**
 * Every app costs so many times what it costs in its cheapest round of the same lane. Seen on a virtual machine whose host has other guests:
 * up to 1.15 while it was fast, 1.35 and more while it was slow, little between; processes alone differ by 0.02.
 */
export const SLOW = 1.2
/** With fewer that are not slow the run is a mix of what the machine was, and says so. */
export const FEWEST_FAST = 3

export interface SlowRound {
  readonly round: number
  /** Cost of the app that it slowed least over what that costs in its cheapest round. */
  readonly slowdown: number
}

/** Rounds that count, and those in which the machine was slow; where too few are left without them, these count too. */
export function splitSlow(rounds: readonly RoundAnalysis[]): { counting: readonly RoundAnalysis[]; slow: SlowRound[] } {
  const slow = slowdowns(rounds).filter(({ slowdown }) => slowdown >= SLOW)
  const fast = rounds.filter(({ round }) => !slow.some((one) => one.round === round))
  return { counting: fast.length >= FEWEST_FAST ? fast : rounds, slow }
}

/**
 * How slow the machine was by round. No ratio is looked at: a round is slow only when every app was, and an app that is dear by itself makes none.
 * What is left when neighbours take caches and execution units away is not what an app costs on this machine: large programs lose more than
 * small ones.
 */
export function slowdowns(rounds: readonly RoundAnalysis[]): SlowRound[] {
  return [...Map.groupBy(rounds, laneOf).values()].flatMap((own) => {
    const byCell = Map.groupBy(
      own.flatMap(({ cells }) => cells),
      ({ app, endpoint }) => `${app} ${endpoint}`,
    )
    // Of cells that every round has, by round: how far above their cheapest round they are.
    const above = [...byCell.values()]
      .filter(({ length }) => length === own.length)
      .map((cells) => ({ app: cells[0]!.app, logs: aboveLowest(cells) }))
    if (above.length === 0) return []
    const byApp = [...Map.groupBy(above, ({ app }) => app).values()]
    return own.map(({ round }, index) => {
      const slowdown = Math.min(...byApp.map((cells) => mean(cells.map(({ logs }) => logs[index]!))))
      return { round, slowdown: Math.exp(slowdown) }
    })
  })
}

function laneOf({ cells }: RoundAnalysis): number {
  return cells[0]?.value.lane ?? 0
}

function aboveLowest(cells: readonly CellRound[]): number[] {
  const logs = cells.map((cell) => Math.log(costOf(cell)))
  const lowest = Math.min(...logs)
  return logs.map((log) => log - lowest)
}

/** In its slices that count. */
function costOf({ copies }: CellRound): number {
  return total(copies, ({ serverCpuNs }) => serverCpuNs) / total(copies, ({ requests }) => requests)
}
