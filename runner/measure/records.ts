import { z } from 'zod'
import type { Pulse } from '../load/driver.ts'
import { readJsonLines } from '../result/json-lines.ts'
import { LaneCheck, ProcessRecord, type StopReason } from '../result/model.ts'

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

/** Pairs in a file, a map in memory. */
function mapOf<Value>(value: z.ZodType<Value, Value>) {
  return z
    .codec(z.array(z.tuple([z.string(), value])), z.map(z.string(), value), {
      decode: (pairs) => new Map(pairs),
      encode: (map) => [...map],
    })
    .readonly()
}

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly()
}

/** Why an app, or one cell of it, is out of the run. */
const Failure = z.object({
  app: z.string(),
  /** null: all endpoints of the app. */
  endpoint: z.string().nullable(),
  code: z.string(),
  /** One sentence. */
  reason: z.string(),
  hint: z.string().nullable(),
  lastLines: listOf(z.string()),
})
export type Failure = z.infer<typeof Failure>

/** What is known of an app before it is measured. */
const AppPreflight = z.object({
  app: z.string(),
  title: z.string(),
  package: z.string().nullable(),
  version: z.string().nullable(),
  /** Bytes of status line and headers, by endpoint. */
  headerBytes: mapOf(z.number()),
  /** What its process has otherwise than the baseline's, one part of a sentence each; holds texts of the app. */
  unequal: listOf(z.string()),
})
export type AppPreflight = z.infer<typeof AppPreflight>

/** How a round is cut. */
const RoundSizes = z.object({
  /** Of a process, CPU time: it ends when V8 has compiled the app, but neither before the least nor after the most. */
  leastWarmUpMilliseconds: z.number().default(0),
  warmUpMilliseconds: z.number(),
  /** What apps usually need at the most; more than they got when the run is too short for it. */
  wantedWarmUpMilliseconds: z.number(),
  blocksPerRound: z.int(),
  /** By app, where they follow from how much its processes differ; of the others all that the plan has. */
  processes: z.record(z.string(), z.int().positive()).default({}),
  /** By how much slices were longer than asked for, and what the warm-up of a process took on the clock, in the latest round; null: no round yet. */
  observed: z.object({ excessMilliseconds: z.number(), warmUpMilliseconds: z.number() }).nullable().default(null),
})
export type RoundSizes = z.infer<typeof RoundSizes>

/** Before anything is known. */
export const UNSIZED: RoundSizes = {
  leastWarmUpMilliseconds: 0,
  warmUpMilliseconds: 0,
  wantedWarmUpMilliseconds: 0,
  blocksPerRound: 0,
  processes: {},
  observed: null,
}

/** What is known of a run beside its rounds; failures in the order in which they happened, preflight's included. */
const RunState = RoundSizes.extend({
  preflight: listOf(AppPreflight),
  failures: listOf(Failure),
  /** In which rounds are measured at the same time; one where the check is null, or found that more change what is measured. */
  lanes: z.int().positive().default(1),
  laneCheck: LaneCheck.nullable().default(null),
})
export type RunState = z.infer<typeof RunState>

export interface RunRecord extends RunState {
  readonly stoppedBecause: StopReason
}

/** How a process was warmed up. */
const WarmUpRecord = z.object({
  /** Name of the process. */
  process: z.string(),
  app: z.string(),
  /** Its CPU time in that, of one worker; and how long it took on the clock. */
  milliseconds: z.number(),
  elapsedMilliseconds: z.number(),
  /** Whether V8's compiler had hardly anything left to do; null: unknown. */
  compiled: z.boolean().nullable(),
  /** What it used and answered at its end, where it was asked without a break; null: it was too short to tell. */
  latest: z
    .object({
      cpuNs: z.number(),
      answered: z.array(z.object({ app: z.string(), endpoint: z.string(), requests: z.int() })),
    })
    .nullable()
    .default(null),
})
export type WarmUpRecord = z.infer<typeof WarmUpRecord>

/** One server outside its slices: what it works when nobody asks it, and what it works for requests that have been answered. */
const BetweenSlices = z.object({
  /** Name of the process. */
  process: z.string(),
  app: z.string(),
  /** Before its first load, once it has come up: what it does by itself. Zero in rounds in which it was the first to be loaded. */
  idleNs: z.number(),
  idleCpuNs: z.number(),
  /** From the end of all warm-ups to the end of the round, without its own slices. */
  outsideNs: z.number(),
  outsideCpuNs: z.number(),
  /** All that it has answered in that time, in slices that count and in those that do not. */
  requests: z.int(),
  /** Processes that it has started itself and that did a part of its work. */
  busyChildren: z.int(),
})
export type BetweenSlices = z.infer<typeof BetweenSlices>

/** How one block (one endpoint, one slice of every deployment) came about. */
const BlockRecord = z.object({
  endpoint: z.string(),
  block: z.int(),
  /** Code of the disturbance of every attempt that was thrown away, in order. */
  disturbances: listOf(z.string()),
  /** False: disturbed every time it was tried; the block is missing. */
  kept: z.boolean(),
})
export type BlockRecord = z.infer<typeof BlockRecord>

/** What a finished round has brought beside its slices. */
const FinishedRound = z.object({
  round: z.int().positive(),
  /** The lane that measured it; absent: the first one. */
  lane: z.int().optional(),
  latencies: listOf(z.object({ target: z.string(), request: z.int(), histogram: z.string() })),
  /** By deployment id, at the end of the round. */
  residentBytes: mapOf(z.number()),
  loadResidentBytes: z.number().nullable(),
  /** By deployment id, one for every process; none where the plan does not ask for it. */
  processRecords: mapOf(ProcessRecord).default(new Map()),
  /**
   * CPU time of the CPUs in use, from the first warm-up of the round to its last slice; zero where unknown. Foreign is what anything used
   * that is not server, load generator or runner.
   */
  noise: z.object({ totalNs: z.number(), stealNs: z.number(), foreignNs: z.number() }),
  /** Its servers outside their slices; none in older files. */
  between: listOf(BetweenSlices).default([]),
  /** None in files before 0.2. */
  warmUps: listOf(WarmUpRecord).default([]),
  blocks: listOf(BlockRecord),
})

export interface RoundRecord extends z.infer<typeof FinishedRound> {
  readonly slices: readonly Slice[]
  readonly failures: readonly Failure[]
  /** The round was given up before its last block. */
  readonly interrupted: boolean
}

/** A line of `rounds.jsonl.gz`: a finished round, whose slices are in the samples, and what was known of the run by then. */
export const StoredRound = FinishedRound.extend({
  /** From the start of the run to the end of this round, breaks between interruption and resumption not counted. */
  elapsedNs: z.number(),
  state: RunState,
})
export type StoredRound = z.input<typeof StoredRound>

export function storeRound(record: RoundRecord, state: RunState, elapsedNs: number): StoredRound {
  return z.encode(StoredRound, { ...record, state, elapsedNs })
}

/** The way back, of a line that was parsed. What failed in a round is in the state of the run, with all that failed before. */
export function restoreRound(
  { state, elapsedNs: _, ...round }: z.infer<typeof StoredRound>,
  slices: readonly Slice[],
): RoundRecord {
  return { ...round, slices, failures: state.failures, interrupted: false }
}
