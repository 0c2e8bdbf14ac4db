import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NUMBERS_PER_SAMPLE } from '../../../apps/burning/burn-samples.ts'
import { differences, estimateFigures, type Figure } from '../../analysis/relative.ts'
import { Child, firstMessage } from '../../machine/child.ts'
import type { Slice } from '../../measure/records.ts'
import { RunError } from '../../result/errors.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { type AppRecipe, type ResolvedApp, writeGeneratedApps } from '../../servers/find-app.ts'
import { makePrivateFolder, removeFolder } from '../../servers/keeper.ts'
import { mean, median } from '../../statistics/summary.ts'
import type { BurnMessage } from './burn-process.ts'
import type { PartContext } from './part.ts'

const SCRIPT = fileURLToPath(new URL('./burn-process.ts', import.meta.url))
const LONGEST_MILLISECONDS = 30_000
/** Turns for a first look at how long one takes: some 10 µs. */
export const FIRST_LOOK_TURNS = 1_000

/**
 * CPU time of one call of `hello` with so many turns in front, nanoseconds, in a fresh process.
 * @param cpu the servers'; null: any
 * @param milliseconds of one of the three windows of which the median is taken; the warm-up is as long as the three
 */
export type BurnClock = (turns: number, cpu: number | null, milliseconds: number) => Promise<number>

/** Starts a child, lets it call, and ends it. @throws RunError when it does not say a word */
export const burnClock: BurnClock = async (turns, cpu, milliseconds) => {
  const child = new Child(SCRIPT, [String(turns), String(milliseconds)], cpu)
  const failed = (how: string) => new RunError('burn-process', `the process that measures known work ${how}`)
  const { callNs } = await firstMessage<BurnMessage>(child, LONGEST_MILLISECONDS, failed)
  await child.stop()
  return callNs
}

/** What turns add to a call that burns nothing, nanoseconds, by turns; every call is of a process of its own. */
export type BurnPass = ReadonlyMap<number, number>

/** Times the call without turns and with every number of them once, on the servers' CPU; null when interrupted. */
export async function burnPass(
  { signal, progress, placement }: Pick<PartContext, 'signal' | 'progress' | 'placement'>,
  clock: BurnClock,
  turns: readonly number[],
  milliseconds: number,
): Promise<BurnPass | null> {
  const calls = new Map<number, number>()
  for (const [index, count] of [0, ...turns].entries()) {
    if (signal.aborted) return null
    progress(`timing known work, ${index + 1} of ${turns.length + 1}`)
    calls.set(count, await clock(count, placement.serverCpu, milliseconds))
  }
  return new Map(turns.map((count) => [count, calls.get(count)! - calls.get(0)!]))
}

/**
 * The time of a turn: what the largest number of turns adds to a call, by these turns; a call has the smallest part in it. One value per
 * pass, and their median.
 * @throws RangeError when there is no pass
 */
export function burnTimes(passes: readonly BurnPass[]): { nanosecondsPerTurn: number; perProcess: number[] } {
  const perProcess = passes.map((pass) => {
    const most = Math.max(...pass.keys())
    return pass.get(most)! / most
  })
  return { nanosecondsPerTurn: median(perProcess), perProcess }
}

/** A requested work, and the turns that come nearest to it. */
export type KnownWork = Readonly<Record<'microseconds' | 'turns', number>>

export function knownWorks(microseconds: readonly number[], nanosecondsPerTurn: number): KnownWork[] {
  return microseconds.map((work) => ({ microseconds: work, turns: Math.round((work * 1000) / nanosecondsPerTurn) }))
}

/**
 * How far a work is from what it should be, by the median of the passes: the largest of all works, as a share. Small when the time of
 * ten turns is ten times that of one, and when the machine did not change since the turns were chosen.
 */
export function largestDeviation(works: readonly KnownWork[], passes: readonly BurnPass[]): number {
  const deviations = works
    .filter(({ turns }) => turns > 0)
    .map(({ microseconds, turns }) => median(passes.map((pass) => pass.get(turns)!)) / (microseconds * 1000) - 1)
  return deviations.reduce((largest, one) => (Math.abs(one) > Math.abs(largest) ? one : largest), 0)
}

/** An app that burns, made by a recipe, and the folder where its processes leave what they know of themselves: a file each, when they end. */
export type BurningApp<Recipe extends AppRecipe = AppRecipe> = Recipe & ResolvedApp & { readonly folder: string }

/**
 * Writes one tiny module per recipe: real apps, started like every other. The function of a recipe gets the app's folder as its last
 * argument. All of it is taken away again by the stack.
 */
export async function writeBurningApps<Recipe extends AppRecipe>(
  recipes: readonly Recipe[],
  stack: AsyncDisposableStack,
): Promise<BurningApp<Recipe>[]> {
  const root = makePrivateFolder()
  stack.defer(() => removeFolder(root))
  const told = recipes.map((recipe) => ({ ...recipe, folder: join(root, recipe.id) }))
  for (const { folder } of told) mkdirSync(folder)
  const { apps, remove } = await writeGeneratedApps(
    told.map((recipe) => ({ ...recipe, arguments: [...(recipe.arguments ?? []), recipe.folder] })),
  )
  stack.defer(remove)
  return apps.map((app, index) => ({ ...told[index]!, ...app }))
}

/** One call of a burning workload that a server has timed itself. */
export interface BurnSample {
  readonly startedNs: number
  /** By the clock on the wall, with what a look at it takes. */
  readonly tookNs: number
  /** Number of the call among all of its process, timed or not. */
  readonly call: number
}

/** Files that their process has finished. */
const FINISHED = /^\d+\.(f64|json)$/

/**
 * What the processes of an app have left of `apps/burning/burn-samples.ts` since the last look; the files are removed. Call it when the
 * processes have ended: one that was killed leaves nothing.
 * @param zeroNs where the clock that `startedNs` shall be on has its zero, on the kernel's monotonic clock
 */
export function takeSampleFiles(folder: string, zeroNs: number): BurnSample[] {
  return takeFiles(folder).flatMap((bytes) => {
    // A copy: the buffer of a small file may begin anywhere in a shared one.
    const numbers = new Float64Array(new Uint8Array(bytes).buffer)
    return Array.from({ length: numbers.length / NUMBERS_PER_SAMPLE }, (_, index) => {
      const [startedNs, tookNs, call] = numbers.subarray(index * NUMBERS_PER_SAMPLE)
      return { startedNs: startedNs! - zeroNs, tookNs: tookNs!, call: call! }
    })
  })
}

/** What is in the finished files of a folder, and takes them away. */
export function takeFiles(folder: string): Buffer[] {
  const names = readdirSync(folder).filter((name) => FINISHED.test(name))
  return names.map((name) => {
    const path = join(folder, name)
    const bytes = readFileSync(path)
    rmSync(path)
    return bytes
  })
}

/** Mean time of the work of one app in one round, µs with a look at the clock, in the very process and at the very moments measured. */
export interface RoundTiming extends Figure {
  readonly samples: number
  /** Samples that were not taken into the mean. */
  readonly leftOut: number
  /** What a whole request took, work and all the rest, by block, nanoseconds on the wall. */
  readonly requestNs: ReadonlyMap<number, number>
}

/**
 * A call of 10 µs that took this long was not working all the time: its process had lost the CPU, or the host its turn. That is time on
 * the wall, not CPU time of the server. What interrupts a server and is counted as its CPU time (timer, calls from the other CPU) takes
 * 10 to 100 µs. One limit for every work, far from all of them. It cannot make the suite look better: it never sees what the suite has
 * found, and it only makes the truth smaller, while planted work has come back larger than the truth so far.
 */
export const LOST_CPU_NS = 1e6
/** Fewer samples span too little of a slice to stand for all of it. */
const FEWEST_SAMPLES = 4

/**
 * The mean, because the kernel's account has the interruptions in it as well. Of samples that began while a slice that counts was open,
 * hence neither of the warm-up nor of disturbed blocks: `Slice.startedNs` and the samples have to be on the same clock.
 * @param slices of the app's deployment
 * @returns null without a sample
 */
export function timingOf(round: number, samples: readonly BurnSample[], slices: readonly Slice[]): RoundTiming | null {
  const counting = slices.filter(({ disturbance }) => disturbance === null)
  // The load begins a moment after a slice does, and what it asks for last may be left out: no matter for a mean.
  const bySlice = counting.map(({ block, startedNs, elapsedNs }) => {
    const endedNs = startedNs + elapsedNs
    return { block, inside: samples.filter((sample) => startedNs <= sample.startedNs && sample.startedNs <= endedNs) }
  })
  const measured = bySlice.flatMap(({ inside }) => inside.map(({ tookNs }) => tookNs))
  const kept = measured.filter((tookNs) => tookNs <= LOST_CPU_NS)
  if (kept.length === 0) return null
  const timed = bySlice.filter(({ inside }) => inside.length >= FEWEST_SAMPLES)
  // From the first sample in a slice to the last: a server under load does one request after the other and hardly waits, so this is what
  // one takes with all that its work does to the rest of it.
  const meanRequestNs = (first: BurnSample, last: BurnSample) => (last.startedNs - first.startedNs) / (last.call - first.call)
  const requestNs = new Map(timed.map(({ block, inside }) => [block, meanRequestNs(inside[0]!, inside.at(-1)!)]))
  return { ...toldFigure(round, mean(kept) / 1000), samples: kept.length, leftOut: measured.length - kept.length, requestNs }
}

/** What a server says of a round. */
export function toldFigure(round: number, value: number): Figure {
  return { round, value, cpuDistanceNanoseconds: null }
}

/** null without a round. */
export function estimateOf(figures: readonly Figure[]): Estimate | null {
  return estimateFigures([figures])[0]!
}

/** What servers say of their work, µs, and by how much more was recovered, paired by round; null without a round. */
export function recoveredLessInSitu(recovered: readonly Figure[], inSitu: readonly Figure[]) {
  const [microseconds, less] = [estimateOf(inSitu), estimateOf(differences(recovered, inSitu))]
  return microseconds === null || less === null ? null : { microseconds, recoveredLessInSitu: less }
}

/** The apps that were measured, each with its cell. */
export function withCells<App extends Pick<ResolvedApp, 'id'>>({ cells }: Pick<Result, 'cells'>, apps: readonly App[]) {
  const measured = cells.filter((cell) => cell.state === 'measured')
  return apps.flatMap((app) => measured.filter((cell) => cell.app === app.id).map((cell) => ({ ...app, cell })))
}
