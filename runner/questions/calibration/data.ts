/**
 * What a calibration has measured: one file a part, kept as JSON beside the page that is made from it. The page
 * (docs/calibration.md) and its charts can always be made again from these files.
 */
import { z } from 'zod'
import { Estimate, Verdict } from '../../result/model.ts'

export const CALIBRATION_FORMAT = 1

/** When, where and with what a part was measured. */
export const PartHead = z.object({
  format: z.literal(CALIBRATION_FORMAT),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  wallSeconds: z.number(),
  seed: z.int(),
  /** The part stopped before its time: by Ctrl-C, or because something failed. */
  cutShort: z.boolean(),
  suiteVersion: z.string(),
  commit: z.string().nullable(),
  node: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cpus: z.int(),
})
export type PartHead = z.infer<typeof PartHead>

function partOf<Id extends string, Shape extends z.ZodRawShape>(part: Id, shape: Shape) {
  return z.object({ part: z.literal(part), head: PartHead, ...shape })
}

/** Runs of the suite: how long they took, how they were judged, and what the part keeps of them. */
function runsOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const time = { rounds: z.int(), wallSeconds: z.number(), measuredSeconds: z.number(), verdict: Verdict }
  return z.array(z.object({ ...time, ...shape }))
}

const Place = { app: z.string(), endpoint: z.string() }
const Busy = { serverBusy: z.number(), loadBusy: z.number().nullable() }

/** A/A: many runs in which every app is the baseline itself. */
export const IdenticalPart = partOf('identical', {
  runs: runsOf({
    /** Ratio of every further copy to the baseline: the truth is 1. */
    ratios: z.array(z.object({ ...Place, ratio: Estimate })),
    /** The two copies that every run has. */
    controls: z.array(z.object({ endpoint: z.string(), ratio: Estimate })),
  }),
})
export type IdenticalPart = z.infer<typeof IdenticalPart>

/** What servers timed themselves, microseconds, and what the suite found less that, paired by round: its truth is 0. */
const Timed = { microseconds: Estimate, recoveredLessInSitu: Estimate }

/** Known work on top of a baseline. */
export const PlantedPart = partOf('planted', {
  /** CPU time of one turn of the burning loop, measured apart from any server, in several fresh processes. */
  burn: z.object({ nanosecondsPerTurn: z.number(), perProcess: z.array(z.number()), turnsPerMicrosecond: z.number() }),
  runs: runsOf({
    base: z.string(),
    /**
     * What two looks at the clock take in a server, mean over the rounds: the wrapper's turns, of which there are none, timed like all
     * others. null: nothing was timed in the servers, as in older files.
     */
    emptyNanoseconds: z.number().nullable().default(null),
    cells: z.array(
      z.object({
        /** What the app burns per request by the calibration of the loop in a quiet process; 0: the wrapper alone. */
        plantedMicroseconds: z.number(),
        overheadMicroseconds: Estimate,
        /** Over the wrapper that burns nothing, paired like every other cost; null for the wrapper itself. */
        overWrapperMicroseconds: Estimate.nullable(),
        /**
         * The same work by the clocks of the servers, over the wrapper as well, and in how many samples the process had certainly lost its
         * CPU; null: not timed, and for the wrapper itself.
         */
        inSitu: z
          .object({ ...Timed, samples: z.int(), leftOut: z.int() })
          .nullable()
          .default(null),
        /**
         * By how much a whole request takes longer than the wrapper's, by the clocks of the servers: the work, and what it does to the
         * rest of the request. null: not timed, as in older files, and for the wrapper itself.
         */
        wholeRequest: z.object(Timed).nullable().default(null),
      }),
    ),
  }),
})
export type PlantedPart = z.infer<typeof PlantedPart>

/** What a repetition knew on its way, after a round of the suite or a pass of interleaved runs. */
const Step = z.object({
  /** From the start of the repetition. */
  seconds: z.number(),
  /** Over the first server, of this round (of cost) or pass (of requests per second) alone; by server. */
  ratios: z.record(z.string(), z.number()),
  /** What would have been printed if it had ended here; null: the procedure prints no intervals. */
  printed: z.record(z.string(), Estimate).nullable(),
})

/** The suite beside what people do today: the same four servers, about the same wall time per repetition. */
export const TodayPart = partOf('today', {
  /** The first two are the same server; the others follow in the order of their true cost. */
  servers: z.array(z.string()),
  procedures: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** What a repetition was to take. A procedure has an entry for every length; older files know this one. */
      seconds: z.number().default(45),
      /** What was run per server, as words or a command line; why not, where there are no repetitions. */
      what: z.string(),
      repetitions: z.array(
        z.object({
          wallSeconds: z.number(),
          /** By server. */
          requestsPerSecond: z.record(z.string(), z.number()),
          /** CPU microseconds per request where the procedure can tell; for programs that only know requests per second: read from the server's process by us. */
          costMicroseconds: z.record(z.string(), z.number().nullable()),
          /** Of the suite only: its own intervals of cost over the first server's, by server. */
          ratios: z.record(z.string(), Estimate).nullable(),
          /** None for a procedure that has nothing before its end, and in older files. */
          course: z.array(Step).default([]),
          /** Of the suite only: standard deviation of ln ratio of one process of a server to one of the first, by server. */
          processDeviation: z.record(z.string(), z.number()).nullable().default(null),
        }),
      ),
    }),
  ),
})
export type TodayPart = z.infer<typeof TodayPart>

/** The same comparison under other circumstances. */
export const InvariancePart = partOf('invariance', {
  factors: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      settings: z.array(
        z.object({
          label: z.string(),
          isDefault: z.boolean(),
          rounds: z.int(),
          baselineMicroseconds: Estimate,
          ...Busy,
          cells: z.array(
            z.object({
              ...Place,
              ratio: Estimate,
              overheadMicroseconds: Estimate,
              /** Round numbers are unique in the part: settings that share them were taken from the same rounds, and are paired. */
              perRound: z.array(z.object({ round: z.int(), ratio: z.number() })),
            }),
          ),
        }),
      ),
    }),
  ),
})
export type InvariancePart = z.infer<typeof InvariancePart>

/** What the suite itself costs. */
export const CostPart = partOf('cost', {
  runs: runsOf({
    apps: z.int(),
    endpoints: z.int(),
    blocksPerRound: z.int(),
    warmUpMilliseconds: z.number(),
    runnerResidentBytes: z.number(),
    loadResidentBytes: z.number().nullable(),
  }),
  /** CPU of the load generator, without the time it only waits for the server, beside that of the server; of the largest run. */
  perRequest: z.array(z.object({ ...Place, serverMicroseconds: z.number(), loadMicroseconds: z.number().nullable(), ...Busy })),
})
export type CostPart = z.infer<typeof CostPart>

/** How apps warm up, and what the chosen warm-up leaves. */
export const WarmUpPart = partOf('warm-up', {
  /** Several fresh processes per app, every one from its first request on. */
  curves: z.array(
    z.object({
      app: z.string(),
      process: z.int(),
      points: z.array(z.object({ milliseconds: z.number(), costMicroseconds: z.number() })),
    }),
  ),
  chosenMilliseconds: z.number(),
  /** Change of cost over the measured part of a round, after the chosen warm-up. */
  drift: z.array(z.object({ ...Place, driftPercent: Estimate })),
})
export type WarmUpPart = z.infer<typeof WarmUpPart>

/** Known work that is not done in the slice of its request: later, rarely, in other threads and processes. */
export const KindsPart = partOf('kinds', {
  runs: runsOf({
    cells: z.array(
      z.object({
        kind: z.string(),
        verdict: Verdict,
        /** CPU microseconds per request that the server counts itself, all of it, over the wrapper that puts off and does nothing. */
        truth: Estimate,
        /** What single units of the work took by the server's own clock, without what they make the rest of it cost; null: not timed. */
        unitMicroseconds: z.number().nullable(),
        /** What the suite found of it, and by how much that is more, paired by round. The latter's truth is 0. */
        recovered: Estimate,
        recoveredLessTruth: Estimate,
        /** What the typical cost shows of it. */
        typicalMicroseconds: z.number(),
      }),
    ),
  }),
})
export type KindsPart = z.infer<typeof KindsPart>

/** The suite beside servers that were started by hand and loaded by stock programs. */
export const OutsidePart = partOf('outside', {
  ways: z.array(
    z.object({
      id: z.enum(['autocannon', 'wrk', 'suite-sleeping', 'suite']),
      title: z.string(),
      /** CPU microseconds per request by app; one entry per set of fresh processes. */
      sets: z.array(z.record(z.string(), z.number())),
    }),
  ),
})
export type OutsidePart = z.infer<typeof OutsidePart>

/** Load programs of other people on the same servers. */
export const LoadGeneratorsPart = partOf('load-generators', {
  /** Requests/s by server and program; one entry per set of fresh processes. */
  sets: z.array(z.record(z.string(), z.record(z.string(), z.number()))),
})
export type LoadGeneratorsPart = z.infer<typeof LoadGeneratorsPart>

/** Any of them, in the order of the page. */
export const CalibrationPart = z.discriminatedUnion('part', [
  OutsidePart,
  IdenticalPart,
  PlantedPart,
  KindsPart,
  TodayPart,
  InvariancePart,
  CostPart,
  WarmUpPart,
  LoadGeneratorsPart,
])
export type CalibrationPart = z.infer<typeof CalibrationPart>
export type PartId = CalibrationPart['part']
