import { BASELINE } from '../../../apps/app.ts'
import { zeroOnKernelClock } from '../../../apps/burning/burn-samples.ts'
import { differences, type Figure, overheadsOf } from '../../analysis/relative.ts'
import { formatPlusMinusPercent } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { meanOrNull, total, trimmedMean } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import type { PlantedPart } from './data.ts'
import {
  type BurnClock,
  type BurningApp,
  type BurnPass,
  type BurnSample,
  burnClock,
  burnPass,
  burnTimes,
  estimateOf,
  FIRST_LOOK_TURNS,
  type KnownWork,
  knownWorks,
  largestDeviation,
  type RoundTiming,
  recoveredLessInSitu,
  takeSampleFiles,
  timingOf,
  toldFigure,
  withCells,
  writeBurningApps,
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

/** The samples that the processes of an app have left since the last look; `startedNs` is on the part's clock. */
export type TakeSamples = (app: BurningApp, now: () => number) => readonly BurnSample[]

const takeSamples: TakeSamples = ({ folder }, now) => takeSampleFiles(folder, zeroOnKernelClock(now))

/** Every work on top of every base; `koa+0.5us` says what it is wherever an app's id is shown. The stack takes them away again. */
export function writePlantedApps(bases: readonly ResolvedApp[], works: readonly KnownWork[], stack: AsyncDisposableStack) {
  const recipes = bases.flatMap((base) =>
    works.map((work) => {
      const id = `${base.id}+${work.microseconds}us`
      return { ...work, id, base, module: BURNING, name: 'burning', arguments: [work.turns] }
    }),
  )
  return writeBurningApps(recipes, stack)
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
  for (let look = 0; look < shrunk(FIRST_LOOKS, share, 1); look++) await addPass(firstLooks, [FIRST_LOOK_TURNS])
  if (context.signal.aborted) return { body: null, cutShort: true, problem: null }
  const { nanosecondsPerTurn } = burnTimes(firstLooks)
  const works = knownWorks(WORKS_MICROSECONDS, nanosecondsPerTurn)
  const turns = works.flatMap((work) => work.turns || [])
  // Before the first run and after every one: both have seen the same machine.
  const passes: BurnPass[] = []
  await addPass(passes, turns)
  const bases = resolveApps(BASES, context.cwd)
  await using stack = new AsyncDisposableStack()
  const apps = await writePlantedApps(bases, works, stack)
  const repetitions = await repeatRuns({ ...context, milliseconds: left() }, FULL_MILLISECONDS * share, (turn) => {
    const base = bases[turn % bases.length]!
    const own = apps.filter((app) => app.base === base).map((app) => ({ ...app, timings: [] as RoundTiming[] }))
    const title = `run ${turn + 1} of known work, on ${base.id}`
    return {
      title,
      apps: [base, ...own],
      // Every base gets its run before one has all the time.
      options: { endpoints: ['hello'], ...sized(SIZES, share), maxMinutes: left() / Math.max(1, bases.length - turn) / 60_000 },
      roundFinished({ round, slices }) {
        for (const app of own) {
          const ofApp = slices.filter(({ deployment }) => deployment === app.id)
          const timing = timingOf(round, takeSamples(app, context.now), ofApp)
          if (timing !== null) app.timings.push(timing)
        }
      },
      async read({ result }) {
        const cells = plantedCells(result, own)
        if (cells.length === 0) throw notMeasured(`known work on ${base.id}`, result)
        const processes = own.length * result.rounds
        const silent = processes - total(own, ({ timings }) => timings.length)
        if (silent > 0) context.remark(`${title}: ${silent} of ${processes} processes did not say how long their work took`)
        await addPass(passes, turns)
        const empty = own.flatMap((app) => (app.turns === 0 ? app.timings : []))
        return { base: base.id, emptyNanoseconds: meanOrNull(empty.map(({ value }) => value * 1000)), cells }
      },
    }
  })
  if (repetitions.finished.length > 0) {
    const deviation = Math.abs(largestDeviation(works, passes))
    const within = formatPlusMinusPercent(deviation * 100)
    const changed = `what was planted took ${within} of its time more or less than it should: was the machine quiet?`
    context.remark(deviation <= TOLERATED_DEVIATION ? `what was planted took its time within ${within}` : changed)
  }
  return outcomeOf(repetitions, (runs) => {
    return { part: 'planted', burn: { ...burnTimes(passes), turnsPerMicrosecond: 1000 / nanosecondsPerTurn }, runs }
  })
}

/**
 * What a run found of known work: the cost of every app over the base, and over the wrapper that burns nothing; and beside it what the
 * work took by the clock of the servers themselves, over the wrapper too. All of it is paired by round, with ordinary t intervals, like
 * every other cost in microseconds.
 * @param apps with their known work, the wrapper's being 0, and what their servers have timed, if anything. Those that failed are left out.
 */
export function plantedCells(
  result: Pick<Result, 'cells'>,
  apps: readonly { readonly id: string; readonly microseconds: number; readonly timings: readonly RoundTiming[] }[],
): PlantedCell[] {
  const measured = withCells(result, apps)
  const wrapper = measured.find(({ microseconds }) => microseconds === 0)
  return measured.map((own) => {
    const known = { plantedMicroseconds: own.microseconds, overheadMicroseconds: own.cell.overheadMicroseconds }
    if (wrapper === undefined || own === wrapper)
      return { ...known, overWrapperMicroseconds: null, inSitu: null, wholeRequest: null }
    const recovered = differences(overheadsOf(own.cell), overheadsOf(wrapper.cell))
    const inSitu = recoveredLessInSitu(recovered, differences(own.timings, wrapper.timings))
    const [samples, leftOut] = [total(own.timings, (one) => one.samples), total(own.timings, (one) => one.leftOut)]
    return {
      ...known,
      overWrapperMicroseconds: estimateOf(recovered),
      inSitu: inSitu && { ...inSitu, samples, leftOut },
      wholeRequest: recoveredLessInSitu(recovered, longerRequests(own.timings, wrapper.timings)),
    }
  })
}

/** By how much whole requests took longer, paired by block and trimmed as the suite does with its costs. */
function longerRequests(timings: readonly RoundTiming[], ofWrapper: readonly RoundTiming[]): Figure[] {
  return timings.flatMap(({ round, requestNs }) => {
    const other = ofWrapper.find((timing) => timing.round === round)?.requestNs
    const longerNs = [...requestNs].flatMap(([block, tookNs]) => (other?.has(block) ? [tookNs - other.get(block)!] : []))
    return longerNs.length === 0 ? [] : toldFigure(round, trimmedMean(longerNs) / 1000)
  })
}
