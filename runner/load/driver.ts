import type { Address } from '../../apps/ask.ts'
import type { ExpectedAnswer } from '../../apps/contract.ts'
import type { CpuReading } from '../machine/process-tree.ts'
import type { Arrivals } from './arrivals.ts'

/** A request a driver sends, with the answer that alone counts as right. */
export interface ExpectedRequest extends Pick<ExpectedAnswer, 'path' | 'request' | 'status' | 'body' | 'anyBody' | 'json'> {
  readonly endpoint: string
}

/** One deployment to stay connected to. */
export interface LoadTarget {
  readonly id: string
  /** What it runs; copies share it. */
  readonly app: string
  readonly address: Address
  readonly connections: number
  /** False: every request has a connection of its own, which the server closes after its answer. Absent: connections are kept. */
  readonly keepAlive?: boolean
  readonly requests: readonly ExpectedRequest[]
}

/** Load on one cell for a short while. */
export interface PulseOrder {
  readonly target: string
  /** Index into the target's `requests`. */
  readonly request: number
  readonly milliseconds: number
  /** How long requests in flight may take to be answered after the gate has closed. */
  readonly drainLimitMilliseconds: number
  /** False while warming up: those responses are no latency samples. */
  readonly recordLatency: boolean
  /** Whether the load generator sleeps between responses; absent: as its driver does. Drivers that cannot choose do as they always do. */
  readonly sleeps?: boolean
  /** When requests are due, whether or not earlier ones were answered; absent: each connection sends again as soon as it was answered. */
  readonly arrivals?: Arrivals
}

/** What came of one pulse. Counts are exact: every request sent was answered, or is in `lost`. */
export interface Pulse {
  /** Right answers between the opening of the gate and the end of the drain. */
  readonly requests: number
  /** From the opening of the gate to the last answer. */
  readonly elapsedNs: number
  /** From the closing of the gate to the last answer. */
  readonly drainNs: number
  /** Answers of whole laps, from the end of the first to the end of the one in which the gate closed, and the time they took: the steady rate. */
  readonly steadyRequests: number
  readonly steadyNs: number
  /** Every request in flight was answered within the drain limit. */
  readonly drained: boolean
  /** Answers of a wrong status or body, or bytes that are no HTTP. */
  readonly wrongAnswers: number
  /** Requests that will never be answered: their connection broke, or they took longer than the drain limit. */
  readonly lost: number
  readonly timeouts: number
  readonly reconnects: number
  /** Connection attempts failed so often that the driver gave up. */
  readonly broken: boolean
  /** The first thing that went wrong, as a sentence. */
  readonly firstProblem: string | null
  /** Time in which the load generator had nothing to do but wait for the server; null when the driver cannot tell. */
  readonly idleNs: number | null
  readonly receivedBytes: number
  /** Answers that came in pieces; absent where none did, or the driver cannot tell. */
  readonly held?: HeldAnswers
  /** What came of requests that had times of their own; absent where they had none. */
  readonly openLoop?: OpenLoopPulse
}

/** Answers whose first bytes came before their last. */
export interface HeldAnswers {
  /** From the first bytes to the last, all answers of the pulse together. */
  readonly ns: number
  /**
   * How often, so far, on this request and while warming up, the first bytes of such an answer were acknowledged sooner than the kernel would
   * have done it, and how often the rest came at once then: it was waiting for that, and not for the app.
   */
  readonly hastened: number
  readonly released: number
}

/** Requests that were due at times of their own. Histograms are of tenths of a microsecond, compressed (see `fineHistogram`). */
export interface OpenLoopPulse {
  /** Asked for. */
  readonly ratePerSecond: number
  /** Requests that were due. */
  readonly scheduled: number
  /** Due, but still without a free connection when the drain was over: never sent. */
  readonly dropped: number
  /** Sent later than they were due, because all connections were waiting for answers; that wait is in their latency. */
  readonly queued: number
  /** From the first request that was due to the last, and from the first answer to the last. */
  readonly plannedNs: number
  readonly answeredNs: number
  /** From when a request was due to its answer. */
  readonly latencies: string
  /** From when a request was due until it was sent, of those for which a connection was free: the load generator's own fault. */
  readonly lags: string
}

/** Latencies of one cell, in whole microseconds, as a compressed HDR histogram (base64). */
export interface CellLatencies {
  readonly target: string
  readonly request: number
  readonly histogram: string
}

/** A running load generator. Every method rejects with a RunError when the load generator is gone. */
export interface LoadSession {
  /** Opens the connections and keeps them; resolves when all of them stand. */
  connect(target: LoadTarget): Promise<void>
  pulse(order: PulseOrder): Promise<Pulse>
  /** CPU used by the load generator so far; null where it cannot be metered. */
  cpu(): Promise<CpuReading | null>
  residentBytes(): Promise<number | null>
  latencies(): Promise<CellLatencies[]>
  close(): Promise<void>
}

export interface LoadDriver {
  readonly id: string
  /** How this driver likes its slices; null: the defaults of the options hold. */
  readonly slice: { readonly milliseconds: number; readonly blocks: number } | null
  /** A client that sleeps makes the server pay for its wake-ups: its costs are an upper bound. */
  readonly sleeps: boolean
  /** A whole run of a program for every slice: connections are opened in it, and bodies are not checked. Absent: neither is so. */
  readonly wholeRuns?: true
  available(): Promise<{ readonly version: string } | { readonly missing: string }>
  open(options: { readonly cpu: number | null }): Promise<LoadSession>
}
