/**
 * The one data model of a run: what `result.json` holds, what every report reads. Types are inferred from the schema, so the file
 * and the code cannot drift apart; the published JSON Schema (`results/schema.json`) is made from it. History of the format: 1, the first, where `cost` and `ratio` leave out what is trimmed and what is done later. 2: they hold all of it.
 * Fields that were added since have a default, so that older files are still read.
 */
import { z } from 'zod'
import { Answer, Estimate } from './answer.ts'
import { AskedApp, Variables } from './asked-app.ts'
import { Fact, Processor, SpeedScore } from './fact.ts'
import { OwnEndpoint } from './own-endpoint.ts'

export { Estimate } from './answer.ts'

/** What is written, and what is read. */
export const FORMAT = 2
export const FORMATS = [1, FORMAT] as const

export const Severity = z.enum(['note', 'suspect', 'invalid'])
export type Severity = z.infer<typeof Severity>

/** One typed fact about validity. */
export const Finding = z.object({
  code: z.string(),
  severity: Severity,
  /** One sentence with its numbers. */
  message: z.string(),
  /** What to do about it. */
  advice: z.string(),
  /** The numbers of the sentence, for programs. */
  facts: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
})
export type Finding = z.infer<typeof Finding>

export const Verdict = z.enum(['valid', 'suspect', 'invalid'])
export type Verdict = z.infer<typeof Verdict>

const judged = { verdict: Verdict, findings: z.array(Finding) }

/** Microseconds. */
export const Latency = z.object({
  mean: z.number().nullable().default(null),
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
  samples: z.int(),
})
export type Latency = z.infer<typeof Latency>

const Memory = z.object({ residentBytes: z.number(), anonymousBytes: z.number() })
const Member = Memory.extend({
  role: z.enum(['primary', 'worker']),
  cpuNs: z.number(),
  /** At the end of all warm-ups; null: unknown. */
  connections: z.int().nullable(),
})

/** What is known of one process from its start to its end, beside what it costs. Memory is null where the kernel does not say. */
export const ProcessRecord = z.object({
  /** From the call to start it until it listens; the start of Node is part of it. */
  startMilliseconds: z.number(),
  /** From the same moment to the last byte of its first answer; null: it gave none. */
  firstAnswerMilliseconds: z.number().nullable(),
  /** CPU time of all its threads by then. */
  firstAnswerCpuMilliseconds: z.number(),
  /** At rest, connected, before any load but the first request. */
  idle: Memory.nullable(),
  /** The highest of all readings between warm-ups and between blocks. */
  loaded: Memory.nullable(),
  /** At rest after the last block; null also when the run was to end. */
  rested: Memory.nullable(),
  /** What it consists of, with the memory at the end of the last block, and what each did from the end of all warm-ups until then. */
  members: z.array(Member).readonly(),
})
export type ProcessRecord = z.infer<typeof ProcessRecord>

/** What one round said about one cell: the statistical unit. */
export const RoundValue = z.object({
  round: z.int(),
  /** The lane that measured it; absent: the first one. */
  lane: z.int().optional(),
  blocks: z.int(),
  costMicroseconds: z.number(),
  ratio: z.number(),
  overheadMicroseconds: z.number(),
  requestsPerSecond: z.number(),
  /** What most requests cost, trimmed over slices, and its ratio paired by block; null in results of version 0.1, where cost and ratio are that. */
  typicalCostMicroseconds: z.number().nullable().default(null),
  typicalRatio: z.number().nullable().default(null),
  /** The part of the cost that the server used outside its slices; null: not watched. */
  lateMicroseconds: z.number().nullable().default(null),
  /** Mean distance of the two CPUs over the blocks; null: not measured. Estimates are made with it. */
  cpuDistanceNanoseconds: z.number().nullable().default(null),
  /** In an open loop only, from the time at which a request was due; `samples` are those of the copy that has the fewest. */
  latencyMicroseconds: Latency.optional(),
  /** In an open loop only: requests per second that were due. */
  dueRequestsPerSecond: z.number().optional(),
  /** The latencies of each copy, the first one first; in an open loop with several copies only. */
  copyLatenciesMicroseconds: z.array(Latency).optional(),
  /** Where a study takes apart what a proxy and an app cost; ratios are paired by block. null: nothing to compare. */
  proxy: z
    .object({
      /** Part of the CPU time that the proxy used, from 0 to 1. */
      share: z.number().nullable(),
      /** The whole cost, and the app's part of it, over the cost of the same app without a proxy. */
      overDirect: z.number().nullable(),
      appOverDirect: z.number().nullable(),
      /** The proxy's part over the cost of a proxy that answers by itself. */
      overAlone: z.number().nullable(),
    })
    .optional(),
})
export type RoundValue = z.infer<typeof RoundValue>

/** How well requests that were due at times of their own were sent and answered. */
const OpenLoop = z.object({
  /** Mean over the rounds. */
  dueRequestsPerSecond: z.number(),
  /** Requests that were due, and those of them that were never sent. */
  scheduled: z.int(),
  dropped: z.int(),
  /** Sent late because every connection was waiting for an answer; that wait is in their latency. */
  queued: z.int(),
  /** Rate of the answers over the rate requested. */
  achievedShare: z.number(),
  /** How late requests were sent for which a connection was free: the fault of the load generator. */
  sendLagMicroseconds: z.object({ p50: z.number(), p99: z.number() }),
  slices: z.int(),
})

const cellIdentity = {
  app: z.string(),
  endpoint: z.string(),
  deployment: z.object({
    runtime: z.string(),
    transport: z.enum(['tcp', 'unix']),
    proxy: z.string().nullable(),
    workers: z.int(),
    /** Number of identical deployments whose slices were taken together: 2 for the baseline, of others those of the last round. */
    copies: z.int(),
  }),
  load: z.object({
    driver: z.string(),
    connections: z.int(),
    keepAlive: z.boolean(),
    /** Length of a slice that was planned for the cell. Absent in older results: that of the options. */
    sliceMilliseconds: z.number().optional(),
  }),
  ...judged,
  /** Codes of findings that the cell is made to bring about: with one of them it is invalid, and the run is not. Absent: none. */
  provokes: z.array(z.string()).optional(),
}

const place = {
  /** By cost among the apps of the endpoint, or over all; a range where places cannot be told apart; null: not ranked. */
  rank: z.object({ low: z.int(), high: z.int() }).nullable(),
  /** Apps that are proven cheaper or more expensive, by more than the margin; null: not known (older results, and what has no rank). */
  apartFrom: z.array(z.string()).nullable().default(null),
}

export const MeasuredCell = z.object({
  ...cellIdentity,
  state: z.literal('measured'),
  /** Server CPU microseconds per request, all of them: in its slices, in rare long pieces, later, in helper threads and children. */
  cost: Estimate,
  /** Cost over the baseline's cost on the same endpoint, in the same blocks. */
  ratio: Estimate,
  /** What most requests cost (trimmed over slices), and its ratio; null in format 1, where `cost` and `ratio` are that. */
  typicalCost: Estimate.nullable().default(null),
  typicalRatio: Estimate.nullable().default(null),
  /** The part of `cost` that the server used outside its slices, given to all its requests alike; null: not watched. */
  lateMicroseconds: Estimate.nullable().default(null),
  overheadMicroseconds: Estimate,
  requestsPerSecond: Estimate,
  /** 1,000,000 over the cost: what one CPU could serve if it did nothing else. */
  impliedMaximumRequestsPerSecond: z.number(),
  /** Share of the server's CPU time spent in user mode, 0 to 1. */
  userShare: z.number().nullable(),
  /**
   * In a closed loop at saturation: connections over throughput, not what a visitor would see. In an open loop (`openLoop`): from the time
   * at which a request was due, geometric means over the rounds.
   */
  latencyMicroseconds: Latency.nullable(),
  residentBytes: z.number().nullable(),
  /** Server CPU time over elapsed time. */
  serverBusy: z.number(),
  /** Share of the time in which the load generator was not just waiting for the server. */
  loadBusy: z.number().nullable(),
  /** Bytes of status line and headers of one response. */
  headerBytes: z.int().nullable(),
  ...place,
  requests: z.int(),
  slices: z.int(),
  /**
   * Change of the cost from the first block of a round to the last, percent: of the cost above the baseline, of the baseline its own. The
   * level is corrected for the number of cells.
   */
  driftPercent: Estimate.nullable().default(null),
  /**
   * By how many percentage points the share of the CPU time on threads without an event loop (V8's compiler, garbage collector) falls from
   * the first half of a round to the second; level as for `driftPercent`. null: unknown.
   */
  helperFallPercent: Estimate.nullable().default(null),
  /** Blocks that count, and blocks there should be; fewer when some were disturbed every time they were tried. */
  blocksKept: z.int().nullable().default(null),
  blocksPlanned: z.int().nullable().default(null),
  /** Requests were due at times of their own; absent: the next one of a connection followed the answer. */
  openLoop: OpenLoop.optional(),
  perRound: z.array(RoundValue),
})
export type MeasuredCell = z.infer<typeof MeasuredCell>

const FailedCell = z.object({
  ...cellIdentity,
  state: z.literal('failed'),
  /** What happened, one sentence; the app's last output lines follow in `lastLines`. */
  reason: z.string(),
  lastLines: z.array(z.string()),
})
const SkippedCell = z.object({ ...cellIdentity, state: z.literal('skipped'), reason: z.string() })

export const Cell = z.discriminatedUnion('state', [MeasuredCell, FailedCell, SkippedCell])
export type Cell = z.infer<typeof Cell>

/** An app that was requested, and what is installed of it. */
export const AppFacts = z.object({
  id: z.string(),
  title: z.string(),
  package: z.string().nullable(),
  version: z.string().nullable(),
  /** As given on the command line; the id for the suite's own apps. */
  given: z.string(),
  /** Where it differs from the usual: flags of Node, those of the run included, and variables of its environment. */
  nodeFlags: z.array(z.string()).default([]),
  env: Variables.default({}),
  /** All that was installed for a version that was asked for, by its path in node_modules; empty: what the lockfile of the suite says. */
  packages: z.record(z.string(), z.string()).default({}),
  /** CPU time until V8 had compiled it, mean over its processes; null: unknown. */
  warmUpMilliseconds: z.number().nullable().default(null),
})
export type AppFacts = z.infer<typeof AppFacts>

/** One app over all endpoints: geometric mean of its ratios. */
export const Overall = z.object({
  app: z.string(),
  ratio: Estimate,
  ...place,
  ...judged,
})
export type Overall = z.infer<typeof Overall>

/** The A/A comparison of the two copies of the baseline on one endpoint. */
export const IdenticalControl = z.object({
  endpoint: z.string(),
  deployments: z.tuple([z.string(), z.string()]),
  /** Cost of the second copy over the first; level corrected for the number of endpoints (Bonferroni). */
  ratio: Estimate,
  agrees: z.boolean(),
})
export type IdenticalControl = z.infer<typeof IdenticalControl>

/** What the first lane found with several of them at work over what it found alone, from 0.98 to 1.02 where it does not matter. */
export const LaneCheck = z.object({
  /** So many were at work. */
  lanes: z.int(),
  turns: z.int(),
  cost: Estimate.nullable(),
  /** Of the second copy of the baseline over the first, and of an app over the baseline. */
  copies: Estimate.nullable(),
  ratio: Estimate.nullable(),
})
export type LaneCheck = z.infer<typeof LaneCheck>

export const Environment = z.object({
  suiteVersion: z.string(),
  commit: z.string().nullable(),
  node: z.string(),
  v8: z.string(),
  platform: z.string(),
  arch: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  /** Of the server's CPU; null: not known, as in results older than it. */
  cpu: Processor.nullable().default(null),
  cpus: z.int(),
  /** `none` on bare metal, `unnamed` where it does not say what it is; null: not known. */
  hypervisor: z.string().nullable().default(null),
  /** What the kernel reads the time from; null: not known. */
  clockSource: z.string().nullable().default(null),
  memoryBytes: z.number(),
  /** CPU numbers; null: not pinned. */
  serverCpu: z.int().nullable(),
  /** All CPUs of the servers, where a study gives them several; null: the one above. */
  serverCpus: z.array(z.int()).nullable().default(null),
  loadCpu: z.int().nullable(),
  /** Further lanes, which measured rounds of their own at the same time. */
  moreLanes: z
    .array(z.object({ serverCpu: z.int(), loadCpu: z.int() }))
    .readonly()
    .default([]),
  /** Of the start of the run; null: there was one lane only. */
  laneCheck: LaneCheck.nullable().default(null),
  /** Where the server's CPU time comes from; `process.cpuUsage` in results of version 0.1. */
  cpuAccounting: z.enum(['schedstat', 'ticks', 'process.cpuUsage', 'simulated']),
  driverVersion: z.string(),
  /** Share of CPU time over the run, 0 to 1; null where the kernel does not say. */
  stealShare: z.number().nullable(),
  foreignShare: z.number().nullable(),
  /**
   * Round trip of a cache line between the two CPUs: mean over the rounds, nearest and farthest round. Costs and ratios are those at the
   * mean. null: not measured.
   */
  cpuDistanceNanoseconds: z.object({ mean: z.number(), low: z.number(), high: z.number() }).nullable().default(null),
  /**
   * Rounds in which the machine was slow: every app cost so many times what it cost in its cheapest round. They do not count, as long as there
   * are enough others.
   */
  slowRounds: z.array(z.object({ round: z.int(), slowdown: z.number() })).default([]),
  runnerResidentBytes: z.number(),
  loadResidentBytes: z.number().nullable(),
  /** What `npm run doctor` says of this machine without measuring; empty in results older than it. */
  facts: z.array(Fact.pick({ id: true, value: true, grade: true })).default([]),
  /** The facts that were poor, a few sentences each. */
  poor: z.array(z.string()).default([]),
  /** By one process before the first round; null: not measured. */
  speedScore: SpeedScore.nullable().default(null),
})
export type Environment = z.infer<typeof Environment>

/** The options really used, defaults and what the suite chose included. */
const UsedOptions = z.object({
  apps: z.array(AskedApp),
  endpoints: z.array(z.string()),
  connections: z.int(),
  transport: z.enum(['tcp', 'unix']),
  /** Of Node, for all apps that it runs. */
  nodeFlags: z.array(z.string()).default([]),
  driver: z.string(),
  /** Half-width requested, percent; null when the number of rounds was given. */
  precisionPercent: z.number().nullable(),
  maxMinutes: z.number(),
  /** Exact number of rounds requested; null: as many as the precision takes. */
  rounds: z.int().nullable(),
  quick: z.boolean(),
  sliceMilliseconds: z.number(),
  blocksPerRound: z.int(),
  /** Of every process, CPU time: the most and, null in older results, the least; the same when it was given. */
  warmUpMilliseconds: z.number(),
  leastWarmUpMilliseconds: z.number().nullable().default(null),
  /** The user's own endpoints among those above, and where they were read. */
  ownEndpoints: z.array(OwnEndpoint).default([]),
  givenEndpoints: z.array(z.string()).optional(),
  /** Options of a study as they were given, by their flags; empty texts for switches. Nothing for a comparison. */
  given: z.record(z.string(), z.string()).default({}),
})

/** A disturbed block is measured again; what was disturbed is thrown away without a look at its outcome. */
export const Blocks = z.object({
  planned: z.int(),
  /** Repeats included. */
  attempts: z.int(),
  /** Attempts that were thrown away, by code of disturbance. */
  disturbances: z.record(z.string(), z.int()),
})
export type Blocks = z.infer<typeof Blocks>

export const StopReason = z.enum(['precision', 'rounds', 'time', 'only-baseline', 'interrupted', 'failed'])
export type StopReason = z.infer<typeof StopReason>

export const Result = z.object({
  format: z.literal(FORMATS),
  study: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  wallSeconds: z.number(),
  /** Time in which a slice was open; over `wallSeconds` it is the duty cycle. */
  measuredSeconds: z.number(),
  seed: z.int(),
  options: UsedOptions,
  /** What a file for `compare -- --config` says to ask for the same again, files it names included; null: a study, or an older result. */
  config: z.record(z.string(), z.unknown()).nullable().default(null),
  environment: Environment,
  baseline: z.string(),
  /** Measured, also those that do not count because the machine was slow (`environment.slowRounds`). */
  rounds: z.int(),
  stoppedBecause: StopReason,
  /** Of the whole run: the worst of its findings and of its measured cells; a failed cell has a verdict of its own. */
  verdict: Verdict,
  apps: z.array(AppFacts),
  cells: z.array(Cell),
  overall: z.array(Overall),
  controls: z.object({ identical: z.array(IdenticalControl) }),
  /** What a study says to its question; null for a comparison. */
  answer: Answer.nullable().default(null),
  /** Of every process of every round, where a study watches them; copies are counted from 1. */
  processRecords: z.array(ProcessRecord.extend({ round: z.int(), app: z.string(), copy: z.int() })).optional(),
  /** How the blocks of all endpoints came about; null: unknown. */
  blocks: Blocks.nullable().default(null),
  findings: z.array(Finding),
})
export type Result = z.infer<typeof Result>
