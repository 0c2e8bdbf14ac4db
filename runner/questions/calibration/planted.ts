import { BASELINE } from '../../../apps/app.ts'
import { zeroOnKernelClock } from '../../../apps/burning/kernel-clock.ts'
import type { RoundRecord } from '../../measure/records.ts'
import { formatPlusMinusPercent } from '../../result/format.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { meanOrNull } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import { type BurnClock, burnClock } from './burn-clock.ts'
import { type BurnSample, takeSampleFiles } from './burn-sample-files.ts'
import type { PlantedPart } from './data.ts'
import { type RoundTiming, timingOf } from './in-situ.ts'
import { type BurnPass, burnTimes, type KnownWork, knownWorks, largestDeviation } from './known-work.ts'
import type { MeasurePart, PartContext, PartOutcome } from './part-context.ts'
import { type PlantedApp, type PlantedApps, writePlantedApps } from './planted-apps.ts'
import { plantedCells } from './planted-cells.ts'
import { repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured, runTime, seedOfTurn } from './unit-run.ts'

type PlantedRun = PlantedPart['runs'][number]

/** What the apps are to burn per request; 0 is the wrapper alone. */
const WORKS_MICROSECONDS = [0, 0.5, 1, 2, 5, 10]
const BASES = [BASELINE, 'koa']

const ROUNDS = { full: 7, least: 2 }
const BLOCKS = { full: 48, least: 3 }
/**
 * Compilers count requests, and who burns 10 µs answers half as many in the same time. They work on threads of their own, whose time is
 * the server's: on a slow machine, after 2 s of warm-up, 1.5 µs of every request to the wrapper were theirs, 4.5 µs with 10 µs burnt, and
 * 25 µs with 40, which nobody had planted. After 3.5 s it is 0.4 to 0.8 µs for all of them, garbage collection for the most part.
 */
const WARM_UP_SECONDS = { full: 4, least: 0.1 }
/** What a run of this size takes, with one pass of the clock. */
const FULL_MILLISECONDS = 340_000

/** Turns for a first look at how long one takes: some 10 µs. */
const FIRST_LOOK_TURNS = 1_000
/** Processes for that look: their median chooses the turns. */
const FIRST_LOOKS = 3
const CLOCK_MILLISECONDS = { full: 100, least: 5 }
/** More than this is told: what was planted is not what is said to be planted. */
const TOLERATED_DEVIATION = 0.02

/** The samples that the processes of an app have left since the last look; `startedNs` is on the part's clock. */
export type TakeSamples = (app: PlantedApp, now: () => number) => readonly BurnSample[]

/** Known work on top of the baseline and on top of koa: does the suite find what was planted? */
export const measurePlanted: MeasurePart<PlantedPart> = (context) => measurePlantedWith(context, burnClock, takeSamples)

const takeSamples: TakeSamples = ({ samplesFolder }, now) => takeSampleFiles(samplesFolder, zeroOnKernelClock(now))

/** The same with any clock for the known work, and any samples of it. */
export async function measurePlantedWith(
  context: PartContext,
  clock: BurnClock,
  takeSamples: TakeSamples,
): Promise<PartOutcome<PlantedPart>> {
  const startedNs = context.now()
  const left = () => context.milliseconds - (context.now() - startedNs) / 1e6
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
  const addPass = async (passes: BurnPass[], turns: readonly number[]) => {
    const complete = await burnPass(context, clock, turns, share)
    if (complete !== null) passes.push(complete)
  }
  const firstLooks: BurnPass[] = []
  for (let look = 0; look < shrunk(FIRST_LOOKS, share, 1); look++) await addPass(firstLooks, [0, FIRST_LOOK_TURNS])
  if (context.signal.aborted) return { body: null, cutShort: true, problem: null }
  const { nanosecondsPerTurn } = burnTimes(firstLooks)
  const works = knownWorks(WORKS_MICROSECONDS, nanosecondsPerTurn)
  const turns = works.map((work) => work.turns)
  // Before the first run and after every one: both have seen the same machine.
  const passes: BurnPass[] = []
  await addPass(passes, turns)
  const bases = resolveApps(BASES, context.cwd)
  const planted = await writePlantedApps(bases, works)
  try {
    const { finished, cutShort, problem } = await repeatUnit(
      { ...context, milliseconds: left() },
      { guessMilliseconds: FULL_MILLISECONDS * share, failuresInARow: 2 },
      async (turn) => {
        // Every base gets its run before one has all the time.
        const milliseconds = left() / Math.max(1, bases.length - turn)
        const base = bases[turn % bases.length]!
        const run = await measureBase(context, { base, planted, works, takeSamples, share, milliseconds, turn })
        if (run !== null) await addPass(passes, turns)
        return run
      },
    )
    if (finished.length === 0) return { body: null, cutShort, problem }
    tellDeviation(context, largestDeviation(works, passes))
    const burn = { ...burnTimes(passes), turnsPerMicrosecond: 1000 / nanosecondsPerTurn }
    return { body: { part: 'planted', burn, runs: [...finished] }, cutShort, problem }
  } finally {
    await planted.remove()
  }
}

interface BaseOrder {
  readonly base: ResolvedApp
  readonly planted: PlantedApps
  readonly works: readonly KnownWork[]
  readonly takeSamples: TakeSamples
  readonly share: number
  /** The run may take so long at most. */
  readonly milliseconds: number
  readonly turn: number
}

async function measureBase(context: PartContext, order: BaseOrder): Promise<PlantedRun | null> {
  const { base, planted, works, share, turn } = order
  const apps = planted.byBase.get(base)!
  const options = {
    endpoints: ['hello' as const],
    rounds: shrunk(ROUNDS.full, share, ROUNDS.least),
    blocks: shrunk(BLOCKS.full, share, BLOCKS.least),
    warmUp: Math.max(WARM_UP_SECONDS.least, WARM_UP_SECONDS.full * share),
    maxMinutes: order.milliseconds / 60_000,
    seed: seedOfTurn(context, turn),
  }
  const title = `run ${turn + 1} of known work, on ${base.id}`
  const timings = new Map<string, RoundTiming[]>(apps.map(({ id }) => [id, []]))
  const roundFinished = ({ round, slices }: RoundRecord) => {
    for (const app of apps) {
      const own = slices.filter(({ deployment }) => deployment === app.id)
      const timing = timingOf(round, order.takeSamples(app, context.now), own)
      if (timing !== null) timings.get(app.id)!.push(timing)
    }
  }
  const outcome = await measureUnitRun(context, { title, apps: [base, ...apps], options, roundFinished })
  if (outcome === null) return null
  const { result } = outcome
  const cells = plantedCells(result, new Map(apps.map(({ id }, index) => [id, works[index]!.microseconds])), timings)
  if (cells.length === 0) throw notMeasured(`known work on ${base.id}`, result)
  tellMissing(context, title, [...timings.values()].flat().length, apps.length * result.rounds)
  const empty = apps.flatMap(({ id }, index) => (works[index]!.turns === 0 ? timings.get(id)! : []))
  const emptyNanoseconds = meanOrNull(empty.map(({ meanNs }) => meanNs))
  return { ...runTime(result), base: base.id, emptyNanoseconds, cells }
}

/** Times every number of turns once, in a process of its own on the servers' CPU; null when interrupted. */
async function burnPass(
  context: PartContext,
  clock: BurnClock,
  turns: readonly number[],
  share: number,
): Promise<BurnPass | null> {
  const pass = new Map<number, number>()
  const milliseconds = shrunk(CLOCK_MILLISECONDS.full, share, CLOCK_MILLISECONDS.least)
  for (const [index, count] of turns.entries()) {
    if (context.signal.aborted) return null
    context.progress(`timing known work, ${index + 1} of ${turns.length}`)
    pass.set(count, await clock(count, { cpu: context.placement.serverCpu, milliseconds }))
  }
  return pass
}

function tellMissing({ remark }: PartContext, title: string, timed: number, expected: number): void {
  if (timed < expected) remark(`${title}: ${expected - timed} of ${expected} processes did not say how long their work took`)
}

function tellDeviation({ remark }: PartContext, deviation: number): void {
  const within = formatPlusMinusPercent(Math.abs(deviation) * 100)
  if (Math.abs(deviation) <= TOLERATED_DEVIATION) remark(`what was planted took its time within ${within}`)
  else remark(`what was planted took ${within} of its time more or less than it should: was the machine quiet?`)
}
