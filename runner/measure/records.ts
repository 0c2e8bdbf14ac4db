import { z } from 'zod'
import { ProcessRecord, type StopReason } from '../result/model.ts'
import type { Slice } from './sample.ts'

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
  warmUpMilliseconds: z.number(),
  /** What the pilot found necessary; more than was done when the run is too short for it. */
  wantedWarmUpMilliseconds: z.number(),
  blocksPerRound: z.int(),
})
export type RoundSizes = z.infer<typeof RoundSizes>

/** What is known of a run beside its rounds; failures in the order in which they happened, preflight's included. */
const RunState = RoundSizes.extend({ preflight: listOf(AppPreflight), failures: listOf(Failure) })
export type RunState = z.infer<typeof RunState>

export interface RunRecord extends RunState {
  readonly stoppedBecause: StopReason
}

/** One server outside its slices: what it works when nobody asks it, and what it works for requests that have been answered. */
const BetweenSlices = z.object({
  /** Name of the process. */
  process: z.string(),
  app: z.string(),
  /** Before its first load, once it has come up: what it does by itself. */
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
  latencies: listOf(z.object({ target: z.string(), request: z.int(), histogram: z.string() })),
  /** By deployment id, at the end of the round. */
  residentBytes: mapOf(z.number()),
  loadResidentBytes: z.number().nullable(),
  /** By deployment id, one for every process; none where the plan does not ask for it. */
  processRecords: mapOf(ProcessRecord).default(new Map()),
  /**
   * CPU time of the CPUs in use, from the start of the round to its last slice; zero where unknown. Foreign is what anything used that is
   * not server, load generator or runner.
   */
  noise: z.object({ totalNs: z.number(), stealNs: z.number(), foreignNs: z.number() }),
  /** Its servers outside their slices; none in older files. */
  between: listOf(BetweenSlices).default([]),
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
