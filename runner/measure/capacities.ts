import type { Pulse } from '../load/driver.ts'
import type { ArrivalShape } from '../result/load-shape.ts'
import { median } from '../statistics/summary.ts'
import { type RatedPulse, requestsPerSecond } from './sample.ts'

/** So many of the latest pulses tell what a cell can give: enough for a middle one, few enough to follow the machine. */
const LATEST = 7

/**
 * What the cells of a round can give, requests per second: the middle of their latest pulses in a closed loop, the warm-up's included until
 * there are measured ones enough. A share of a capacity means little when the capacity is that of another process or of another minute.
 */
export class Capacities {
  readonly #latest = new Map<string, number[]>()

  /** Takes a pulse of a closed loop; others say nothing of a limit. */
  note(deployment: string, request: number, pulse: Pulsed): void {
    if (pulse.openLoop !== undefined || pulse.requests === 0) return
    const key = keyOf(deployment, request)
    this.#latest.set(key, [...(this.#latest.get(key) ?? []).slice(1 - LATEST), requestsPerSecond(pulse)])
  }

  /** The rate at which requests arrive; null: nothing is known that it could be a share of. */
  rateOf(arrivals: ArrivalShape, request: number): number | null {
    if ('ratePerSecond' in arrivals) return arrivals.ratePerSecond
    const capacities = arrivals.ofSlowest
      .map((deployment) => this.#latest.get(keyOf(deployment, request)))
      .filter((latest) => latest !== undefined)
      .map(median)
    return capacities.length === 0 ? null : arrivals.share * Math.min(...capacities)
  }
}

type Pulsed = RatedPulse & Pick<Pulse, 'openLoop'>

function keyOf(deployment: string, request: number): string {
  return `${deployment} ${request}`
}
