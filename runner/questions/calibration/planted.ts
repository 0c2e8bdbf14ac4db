import { BASELINE } from '../../../apps/app.ts'
import { zeroOnKernelClock } from '../../../apps/burning/burn-samples.ts'
import { differences, type Figure, overheadsOf } from '../../analysis/relative.ts'
import type { RoundRecord } from '../../measure/records.ts'
import { formatPlusMinusPercent } from '../../result/format.ts'
import type { MeasuredCell, Result } from '../../result/model.ts'
import type { AppRecipe, ResolvedApp } from '../../servers/find-app.ts'
import { meanOrNull, total, trimmedMean } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { PlantedPart } from './data.ts'
import {
  type BurningApp,
  type BurnSample,
  estimateOf,
  type RoundTiming,
  takeSampleFiles,
  timingOf,
  toldFigure,
  writeBurningApps,
} from './in-situ.ts'
import {
  type BurnClock,
  type BurnPass,
  burnClock,
  burnPass,
  burnTimes,
  FIRST_LOOK_TURNS,
  type KnownWork,
  knownWorks,
  largestDeviation,
} from './known-work.ts'
import type { Part, PartContext, PartOutcome } from './part.ts'
import { plantedAnswer } from './planted-answer.ts'
import { outcomeOf, shrunk, unitShare } from './repetitions.ts'
import { notMeasured, repeatRuns, sized } from './unit-run.ts'

type PlantedCell = PlantedPart['runs'][number]['cells'][number]

/** What the apps are to burn per request; 0 is the wrapper alone. */
const WORKS_MICROSECONDS = [0, 0.5, 1, 2, 5, 10]
const BASES = [BASELINE, 'koa']
const BURNING = new URL('../../../apps/burning/burning.ts', import.meta.url)

const SIZES = {
  rounds: { full: 7, least: 2 },
  blocks: { full: 48, least: 3 },
  /**
   * Compilers count requests, and who burns 10 µs answers half as many in the same time. They work on threads of their own, whose time is
   * the server's: on a slow machine, after 2 s of warm-up, 1.5 µs of every request to the wrapper were theirs, 4.5 µs with 10 µs burnt, and
   * 25 µs with 40, which nobody had planted. After 3.5 s it is 0.4 to 0.8 µs for all of them, garbage collection for the most part.
   */
  warmUp: { full: 4, least: 0.1 },
}
/** What a run of this size takes, with one pass of the clock. */
const FULL_MILLISECONDS = 340_000
/** Processes for a first look at the time of a turn: their median chooses the turns. */
const FIRST_LOOKS = 3
const CLOCK_MILLISECONDS = { full: 100, least: 5 }
/** More than this is told: what was planted is not what is said to be planted. */
const TOLERATED_DEVIATION = 0.02

export const planted: Part<PlantedPart> = {
  id: 'planted',
  title: 'known work',
  share: 0.13,
  measure: (context) => measurePlantedWith(context, burnClock, takeSamples),
  heading: 'Planted cost',
  question: 'Does the suite find a cost that is known beforehand?',
  goals: [
    'the planted cost lies inside the interval in at least 95 of 100',
    'what is recovered is what whole requests took by the servers’ own clocks, in at least 95 of 100',
    '1 µs per request is distinguished from 0',
  ],
  answer: plantedAnswer,
}

/** An app that burns a known work on top of a base. */
export type PlantedApp = BurningApp<AppRecipe & { readonly base: ResolvedApp; readonly work: KnownWork }>

/** The samples that the processes of an app have left since the last look; `startedNs` is on the part's clock. */
export type TakeSamples = (app: PlantedApp, now: () => number) => readonly BurnSample[]

const takeSamples: TakeSamples = ({ folder }, now) => takeSampleFiles(folder, zeroOnKernelClock(now))

/** Every work on top of every base; `koa+0.5us` says what it is wherever an app's id is shown. */
export function writePlantedApps(bases: readonly ResolvedApp[], works: readonly KnownWork[]) {
  return writeBurningApps(
    bases.flatMap((base) =>
      works.map((work) => {
        const id = `${base.id}+${work.microseconds}us`
        return { id, base, work, module: BURNING, name: 'burning', arguments: [work.turns] }
      }),
    ),
  )
}

/** Known work on top of the baseline and on top of koa, with any clock for it and any samples of it: does the suite find what was planted? */
export async function measurePlantedWith(
  context: PartContext,
  clock: BurnClock,
  takeSamples: TakeSamples,
): Promise<PartOutcome<PlantedPart>> {
  const startedNs = context.now()
  const left = () => context.milliseconds - (context.now() - startedNs) / 1e6
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
  const clockMilliseconds = shrunk(CLOCK_MILLISECONDS.full, share, CLOCK_MILLISECONDS.least)
  const addPass = async (passes: BurnPass[], turns: readonly number[]) => {
    const complete = await burnPass(context, clock, turns, clockMilliseconds)
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
  const { apps, remove } = await writePlantedApps(bases, works)
  try {
    const repetitions = await repeatRuns({ ...context, milliseconds: left() }, FULL_MILLISECONDS * share, (turn) => {
      const base = bases[turn % bases.length]!
      const own = apps.filter(({ recipe }) => recipe.base === base)
      const title = `run ${turn + 1} of known work, on ${base.id}`
      const timings = new Map<string, RoundTiming[]>(own.map(({ id }) => [id, []]))
      return {
        title,
        apps: [base, ...own],
        // Every base gets its run before one has all the time.
        options: { endpoints: ['hello'], ...sized(SIZES, share), maxMinutes: left() / Math.max(1, bases.length - turn) / 60_000 },
        roundFinished({ round, slices }: RoundRecord) {
          for (const app of own) {
            const ofApp = slices.filter(({ deployment }) => deployment === app.id)
            const timing = timingOf(round, takeSamples(app, context.now), ofApp)
            if (timing !== null) timings.get(app.id)!.push(timing)
          }
        },
        async read({ result }) {
          const cells = plantedCells(result, new Map(own.map(({ id, recipe }) => [id, recipe.work.microseconds])), timings)
          if (cells.length === 0) throw notMeasured(`known work on ${base.id}`, result)
          const silent = own.length * result.rounds - total([...timings.values()], ({ length }) => length)
          if (silent > 0) {
            const processes = `${silent} of ${own.length * result.rounds} processes`
            context.remark(`${title}: ${processes} did not say how long their work took`)
          }
          await addPass(passes, turns)
          const empty = own.flatMap(({ id, recipe }) => (recipe.work.turns === 0 ? timings.get(id)! : []))
          return { base: base.id, emptyNanoseconds: meanOrNull(empty.map(({ meanNs }) => meanNs)), cells }
        },
      }
    })
    if (repetitions.finished.length > 0) tellDeviation(context, largestDeviation(works, passes))
    return outcomeOf(repetitions, (runs) => {
      return { part: 'planted', burn: { ...burnTimes(passes), turnsPerMicrosecond: 1000 / nanosecondsPerTurn }, runs }
    })
  } finally {
    await remove()
  }
}

function tellDeviation({ remark }: PartContext, deviation: number): void {
  const within = formatPlusMinusPercent(Math.abs(deviation) * 100)
  if (Math.abs(deviation) <= TOLERATED_DEVIATION) remark(`what was planted took its time within ${within}`)
  else remark(`what was planted took ${within} of its time more or less than it should: was the machine quiet?`)
}

/**
 * What a run found of known work: the cost of every app over the base, and over the wrapper that burns nothing; and beside it what the
 * work took by the clock of the servers themselves, over the wrapper too. All of it is paired by round, with ordinary t intervals, like
 * every other cost in microseconds.
 * @param planted known work by app, microseconds; the wrapper's is 0. Apps that failed are left out.
 * @param timings by app, in any order; none where the servers were not timed
 */
export function plantedCells(
  result: Pick<Result, 'cells'>,
  planted: ReadonlyMap<string, number>,
  timings: ReadonlyMap<string, readonly RoundTiming[]>,
): PlantedCell[] {
  const measured = result.cells.filter((cell) => cell.state === 'measured').filter(({ app }) => planted.has(app))
  const wrapper = measured.find(({ app }) => planted.get(app) === 0)
  const timingsOf = ({ app }: MeasuredCell) => timings.get(app) ?? []
  return measured.map((cell) => {
    const known = { plantedMicroseconds: planted.get(cell.app)!, overheadMicroseconds: cell.overheadMicroseconds }
    if (wrapper === undefined || cell === wrapper)
      return { ...known, overWrapperMicroseconds: null, inSitu: null, wholeRequest: null }
    const [own, other] = [timingsOf(cell), timingsOf(wrapper)]
    const recovered = differences(overheadsOf(cell), overheadsOf(wrapper))
    const inSitu = against(recovered, differences(microseconds(own), microseconds(other)))
    return {
      ...known,
      overWrapperMicroseconds: estimateOf(recovered),
      inSitu: inSitu && { ...inSitu, samples: total(own, (one) => one.samples), leftOut: total(own, (one) => one.leftOut) },
      wholeRequest: against(recovered, requests(own, other)),
    }
  })
}

/** null without a round. */
function against(recovered: readonly Figure[], truth: readonly Figure[]): PlantedCell['wholeRequest'] {
  const [microseconds, recoveredLessInSitu] = [estimateOf(truth), estimateOf(differences(recovered, truth))]
  return microseconds === null || recoveredLessInSitu === null ? null : { microseconds, recoveredLessInSitu }
}

function microseconds(timings: readonly RoundTiming[]): Figure[] {
  return timings.flatMap(({ round, meanNs }) => toldFigure(round, meanNs / 1000))
}

/** By how much whole requests took longer, paired by block and trimmed as the suite does with its costs. */
function requests(timings: readonly RoundTiming[], ofWrapper: readonly RoundTiming[]): Figure[] {
  return timings.flatMap(({ round, requestNs }) => {
    const other = ofWrapper.find((timing) => timing.round === round)?.requestNs
    const longerNs = [...requestNs].flatMap(([block, tookNs]) => (other?.has(block) ? [tookNs - other.get(block)!] : []))
    return longerNs.length === 0 ? [] : toldFigure(round, trimmedMean(longerNs) / 1000)
  })
}
