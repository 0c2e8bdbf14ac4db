import type { Pulse } from '../load/driver.ts'

/** One slice as it was measured: a line of `samples.jsonl.gz`. */
export interface Slice extends Omit<Pulse, 'firstProblem'> {
  readonly round: number
  /** Counted from 0 within the round and endpoint. */
  readonly block: number
  readonly endpoint: string
  /** Deployment id, for example `koa` or `node-http#2`. */
  readonly deployment: string
  /** Place in the block, from 0. */
  readonly position: number
  /** On the runner's monotonic clock, nanoseconds: differences mean something, the zero does not. */
  readonly startedNs: number
  /** CPU time of the server's process tree. */
  readonly serverCpuNs: number
  /** Time the server was runnable but did not run. */
  readonly serverRunDelayNs: number
  /** Of the server process; sampled by the timer tick, good for sums over a run only. null: unknown. */
  readonly userNs: number | null
  readonly systemNs: number | null
  readonly loadCpuNs: number | null
}

/** CPU nanoseconds per request of a slice; NaN when nothing was answered. */
export function costNs(slice: Slice): number {
  return slice.requests > 0 && slice.serverCpuNs > 0 ? slice.serverCpuNs / slice.requests : Number.NaN
}
