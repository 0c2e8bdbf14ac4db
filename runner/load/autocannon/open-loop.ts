import { type Arrivals, arrivalTimes } from '../arrivals.ts'
import type { OpenLoopPulse } from '../driver.ts'
import { encodeHistogram, fineHistogram, recordFine } from '../latency-histogram.ts'
import type { DueRequests, Gate } from './gate.ts'

/**
 * Requests that are sent when they are due, whether or not earlier ones have been answered, and what becomes of them. One that finds no
 * free connection waits here, and that wait is a part of its latency: who waits at a counter has waited, served or not.
 */
export class OpenLoop implements DueRequests {
  readonly #ratePerSecond: number
  /** Milliseconds from the beginning. */
  readonly #times: readonly number[]
  #beganAt = 0
  #released = 0
  /** All that ever had to wait; those before `#taken` have been sent. */
  readonly #queue: number[] = []
  #taken = 0
  #dropped = 0
  readonly #latencies = fineHistogram()
  readonly #lags = fineHistogram()

  constructor(arrivals: Arrivals, milliseconds: number) {
    this.#ratePerSecond = arrivals.ratePerSecond
    this.#times = arrivalTimes(arrivals, milliseconds)
  }

  /** @param now on `performance.now()`'s clock */
  begin(now: number): void {
    this.#beganAt = now
  }

  /** Requests that were due and wait for a free connection. */
  get length(): number {
    return this.#queue.length - this.#taken
  }

  /** Sends what is due by now; how many became due since the last call. */
  release(gate: Gate): number {
    const before = this.#released
    for (; this.#released < this.#times.length; this.#released++) {
      const dueAt = this.#beganAt + this.#times[this.#released]!
      const lag = performance.now() - dueAt
      if (lag < 0) break
      if (gate.sendDue(dueAt)) recordFine(this.#lags, lag)
      else this.#queue.push(dueAt)
    }
    return this.#released - before
  }

  take(): number | null {
    return this.length === 0 ? null : this.#queue[this.#taken++]!
  }

  drop(): void {
    this.#dropped += this.length
    this.#taken = this.#queue.length
  }

  answered(dueAt: number): void {
    recordFine(this.#latencies, performance.now() - dueAt)
  }

  /** @param answeredNs from the first answer to the last */
  result(answeredNs: number): OpenLoopPulse {
    const scheduled = this.#times.length
    return {
      ratePerSecond: this.#ratePerSecond,
      scheduled,
      dropped: this.#dropped + this.length + scheduled - this.#released,
      queued: this.#queue.length,
      plannedNs: scheduled > 1 ? (this.#times.at(-1)! - this.#times[0]!) * 1e6 : 0,
      answeredNs,
      latencies: encodeHistogram(this.#latencies),
      lags: encodeHistogram(this.#lags),
    }
  }
}
