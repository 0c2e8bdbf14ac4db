import type { BetweenSlices } from '../measure/records.ts'
import { total } from '../statistics/summary.ts'
import { type CellTotals, sumFields } from './sums.ts'

/** All that one server has used and answered in the slices of a cell that count. Nanoseconds. */
export interface CopySums extends Pick<CellTotals, 'requests' | 'serverCpuNs' | 'elapsedNs'> {
  /** Name of its process. */
  readonly process: string
}

/** What the server of an app does outside its slices. */
export interface OutsideWork {
  /** The app that its process was started for; others may share the process. */
  readonly app: string
  /** Share of a CPU, 0 to 1: when nobody has asked it yet, and in a round whenever it is not being asked. */
  readonly idleShare: number
  readonly outsideShare: number
  /** Processes that it has started itself and that did a part of its work; the most of any round. */
  readonly busyChildren: number
}

/**
 * Charges all CPU time of servers to their requests. In a round with slices s of a cell, and a server that answers n requests in all its slices:
 *
 *     cost = Σs (cpu − i · elapsed) / Σs requests + (outside cpu − i · outside time) / n
 *
 * where i is the share of a CPU that the app takes when nobody asks it, over all rounds together: one round is too short to tell. Which endpoint
 * later work belongs to cannot be known, so it is given to all requests of the server alike.
 */
export class AllInCosts {
  readonly #between: readonly ReadonlyMap<string, BetweenSlices>[]
  readonly #byApp: ReadonlyMap<string, readonly BetweenSlices[]>

  /** @param between of every round, one per server; none in results of version 0.1 */
  constructor(between: readonly (readonly BetweenSlices[])[]) {
    this.#between = between.map((records) => new Map(records.map((record) => [record.process, record])))
    this.#byApp = Map.groupBy(between.flat(), ({ app }) => app)
  }

  /** What every app that was watched does outside its slices. */
  outsideWork(): OutsideWork[] {
    return [...this.#byApp].map(([app, records]) => ({
      app,
      idleShare: this.#idleShare(app),
      outsideShare: share(records, 'outsideCpuNs', 'outsideNs'),
      busyChildren: Math.max(...records.map(({ busyChildren }) => busyChildren)),
    }))
  }

  /**
   * What a request costs in one round, nanoseconds of CPU: in its slices, in rare long pieces and later, and the part that is used later.
   * @param round index of the round
   * @param copies of the same server, taken together
   */
  of(round: number, copies: readonly CopySums[]): { costNs: number; lateNs: number } {
    const records = [...new Set(copies.map(({ process }) => process))].flatMap(
      (process) => this.#between[round]?.get(process) ?? [],
    )
    const idle = records.length === 0 ? 0 : this.#idleShare(records[0]!.app)
    const inSlices = total(copies, ({ serverCpuNs, elapsedNs }) => serverCpuNs - idle * elapsedNs)
    const outside = total(records, ({ outsideCpuNs, outsideNs }) => outsideCpuNs - idle * outsideNs)
    const answered = total(records, ({ requests }) => requests)
    const lateNs = answered > 0 ? outside / answered : 0
    return { costNs: inSlices / total(copies, ({ requests }) => requests) + lateNs, lateNs }
  }

  #idleShare(app: string): number {
    return share(this.#byApp.get(app) ?? [], 'idleCpuNs', 'idleNs')
  }
}

function share(records: readonly BetweenSlices[], of: 'idleCpuNs' | 'outsideCpuNs', over: 'idleNs' | 'outsideNs'): number {
  const sums = sumFields(records, [of, over])
  return sums[over] > 0 ? sums[of] / sums[over] : 0
}
