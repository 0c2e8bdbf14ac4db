import { z } from 'zod'
import type { RunState } from '../../measure/conduct.ts'
import type { RoundRecord } from '../../measure/round.ts'

const Failure = z.object({
  app: z.string(),
  endpoint: z.string().nullable(),
  code: z.string(),
  reason: z.string(),
  hint: z.string().nullable(),
  lastLines: z.array(z.string()),
})

const memory = { residentBytes: z.number(), anonymousBytes: z.number() }

const Life = z.object({
  startMilliseconds: z.number(),
  firstAnswerMilliseconds: z.number().nullable(),
  firstAnswerCpuMilliseconds: z.number(),
  idle: z.object(memory).nullable(),
  loaded: z.object(memory).nullable(),
  rested: z.object(memory).nullable(),
  members: z.array(
    z.object({ role: z.enum(['primary', 'worker']), cpuNs: z.number(), connections: z.int().nullable(), ...memory }),
  ),
})

/** A line of `rounds.jsonl.gz`: what a finished round has brought beside its slices, and what was known of the run by then. */
export const StoredRound = z.object({
  round: z.int().positive(),
  latencies: z.array(z.object({ target: z.string(), request: z.int(), histogram: z.string() })),
  residentBytes: z.array(z.tuple([z.string(), z.number()])),
  loadResidentBytes: z.number().nullable(),
  /** By deployment id; of comparisons, and in older files, none. */
  lives: z.array(z.tuple([z.string(), Life])).default([]),
  noise: z.object({ totalNs: z.number(), stealNs: z.number(), foreignNs: z.number() }),
  /** None in older files. */
  between: z
    .array(
      z.object({
        process: z.string(),
        app: z.string(),
        idleNs: z.number(),
        idleCpuNs: z.number(),
        outsideNs: z.number(),
        outsideCpuNs: z.number(),
        requests: z.int(),
        busyChildren: z.int(),
      }),
    )
    .default([]),
  blocks: z.array(z.object({ endpoint: z.string(), block: z.int(), disturbances: z.array(z.string()), kept: z.boolean() })),
  /** From the start of the run to the end of this round, breaks between interruption and resumption not counted. */
  elapsedNs: z.number(),
  state: z.object({
    preflight: z.array(
      z.object({
        app: z.string(),
        title: z.string(),
        package: z.string().nullable(),
        version: z.string().nullable(),
        headerBytes: z.array(z.tuple([z.string(), z.number()])),
        unequal: z.array(z.string()),
      }),
    ),
    failures: z.array(Failure),
    warmUpMilliseconds: z.number(),
    wantedWarmUpMilliseconds: z.number(),
    blocksPerRound: z.int(),
  }),
})
export type StoredRound = z.infer<typeof StoredRound>

/** A round as it is kept; its slices are in the samples. */
export function storeRound(record: RoundRecord, state: RunState, elapsedNs: number): StoredRound {
  const { round, latencies, residentBytes, loadResidentBytes, lives, noise, blocks, between } = record
  const { preflight, failures, warmUpMilliseconds, wantedWarmUpMilliseconds, blocksPerRound } = state
  return {
    ...{ round, loadResidentBytes, noise, elapsedNs },
    latencies: [...latencies],
    residentBytes: [...residentBytes],
    between: [...between],
    lives: [...lives].map(([id, life]) => [id, { ...life, members: [...life.members] }]),
    blocks: blocks.map((block) => ({ ...block, disturbances: [...block.disturbances] })),
    state: {
      preflight: preflight.map((app) => ({ ...app, headerBytes: [...app.headerBytes], unequal: [...app.unequal] })),
      failures: failures.map((failure) => ({ ...failure, lastLines: [...failure.lastLines] })),
      ...{ warmUpMilliseconds, wantedWarmUpMilliseconds, blocksPerRound },
    },
  }
}

/** The way back. */
export function restoreRound(stored: StoredRound, slices: RoundRecord['slices']): RoundRecord {
  const { round, latencies, residentBytes, loadResidentBytes, lives, noise, blocks, between, state } = stored
  return {
    ...{ round, latencies, loadResidentBytes, noise, blocks, between, slices },
    residentBytes: new Map(residentBytes),
    lives: new Map(lives),
    failures: state.failures,
    interrupted: false,
  }
}

export function restoreState({ state }: StoredRound): RunState {
  return { ...state, preflight: state.preflight.map((app) => ({ ...app, headerBytes: new Map(app.headerBytes) })) }
}
