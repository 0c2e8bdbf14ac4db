import type { Pulse } from '../load/driver.ts'
import { readJsonLines } from '../result/json-lines.ts'

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
  /** 0 for the first attempt at this block; a block that was disturbed is measured again. */
  readonly attempt: number
  /** Why this attempt at the block does not count (code of a disturbance); null: it counts. The same for all slices of an attempt. */
  readonly disturbance: string | null
  /** On the runner's monotonic clock, nanoseconds: differences mean something, the zero does not. */
  readonly startedNs: number
  /** CPU time of the server's process tree, and of what stands in front of it. */
  readonly serverCpuNs: number
  /** The part of `serverCpuNs` that a proxy in front of the app has used; null: nothing stands there. */
  readonly proxyCpuNs: number | null
  /** The part of `serverCpuNs` on threads of the app that run no event loop (V8's compiler and garbage collector); null: unknown. */
  readonly helperCpuNs: number | null
  /** Time the server was runnable but did not run. */
  readonly serverRunDelayNs: number
  /** Time in which the server's main thread wanted to run while nothing of the server's own was running; null: unknown. */
  readonly serverWaitNs: number | null
  /** The same of the load generator. */
  readonly loadWaitNs: number | null
  /** Round trip of a cache line between the two CPUs, just before the block; null: unknown. The same for all slices of an attempt. */
  readonly cpuDistanceNs: number | null
  /** Of the server process; sampled by the timer tick, good for sums over a run only. null: unknown. */
  readonly userNs: number | null
  readonly systemNs: number | null
  readonly loadCpuNs: number | null
}

/** CPU nanoseconds per request of a slice; NaN when nothing was answered. */
export function costNs(slice: Slice): number {
  return slice.requests > 0 && slice.serverCpuNs > 0 ? slice.serverCpuNs / slice.requests : Number.NaN
}

/** What the rate of a pulse is made from. */
export type RatedPulse = Pick<Pulse, 'requests' | 'elapsedNs' | 'steadyRequests' | 'steadyNs'>

/** The steady rate where the pulse was long enough to have one; else all requests over all the time, ramp and drain included. */
export function requestsPerSecond({ requests, elapsedNs, steadyRequests, steadyNs }: RatedPulse): number {
  return steadyRequests > 0 && steadyNs > 0 ? (steadyRequests / steadyNs) * 1e9 : (requests / elapsedNs) * 1e9
}

/** The slices of a run: samples add to a report, they are never a reason not to have one. */
export async function* readSamples(path: string, damaged?: () => void): AsyncGenerator<Slice> {
  for await (const entry of readJsonLines(path, damaged)) {
    // Files of the first suite know no disturbances: every slice counted. Nor do they know proxies.
    if ('deployment' in entry && 'serverCpuNs' in entry) yield { disturbance: null, proxyCpuNs: null, ...entry } as Slice
  }
}
