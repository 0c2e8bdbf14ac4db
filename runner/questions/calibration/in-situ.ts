import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NUMBERS_PER_SAMPLE } from '../../../apps/burning/burn-samples.ts'
import { estimateFigures, type Figure } from '../../analysis/relative.ts'
import type { Slice } from '../../measure/records.ts'
import type { Estimate } from '../../result/model.ts'
import { type AppRecipe, type ResolvedApp, writeGeneratedApps } from '../../servers/find-app.ts'
import { makePrivateFolder, removeFolder } from '../../servers/keeper.ts'
import { mean } from '../../statistics/summary.ts'

/** An app that burns, made by a recipe, and where its processes leave what they know of themselves: a file each, written when they end. */
export type BurningApp<Recipe extends AppRecipe = AppRecipe> = ResolvedApp & {
  readonly recipe: Recipe
  /** Absolute path. */
  readonly folder: string
}

/**
 * Writes one tiny module per recipe: real apps, started like every other. The function of a recipe gets the app's folder as its last
 * argument. `remove` takes all of it away again.
 */
export async function writeBurningApps<Recipe extends AppRecipe>(
  recipes: readonly Recipe[],
): Promise<{ readonly apps: readonly BurningApp<Recipe>[]; remove(): Promise<void> }> {
  const root = makePrivateFolder()
  const folderOf = ({ id }: AppRecipe) => join(root, id)
  try {
    for (const recipe of recipes) await mkdir(folderOf(recipe))
    const generated = await writeGeneratedApps(
      recipes.map((recipe) => ({ ...recipe, arguments: [...(recipe.arguments ?? []), folderOf(recipe)] })),
    )
    return {
      apps: generated.apps.map((app, index) => ({ ...app, recipe: recipes[index]!, folder: folderOf(recipes[index]!) })),
      async remove() {
        await generated.remove()
        removeFolder(root)
      },
    }
  } catch (error) {
    removeFolder(root)
    throw error
  }
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
const FINISHED = /^\d+\.f64$/

/**
 * What the processes of an app have left of `apps/burning/burn-samples.ts` since the last look; the files are removed. Call it when the
 * processes have ended: one that was killed leaves nothing.
 * @param zeroNs where the clock that `startedNs` shall be on has its zero, on the kernel's monotonic clock
 */
export function takeSampleFiles(folder: string, zeroNs: number): BurnSample[] {
  return takeFiles(folder, FINISHED).flatMap((bytes) => {
    // A copy: the buffer of a small file may begin anywhere in a shared one.
    const numbers = new Float64Array(new Uint8Array(bytes).buffer)
    return Array.from({ length: numbers.length / NUMBERS_PER_SAMPLE }, (_, index) => {
      const [startedNs, tookNs, call] = numbers.subarray(index * NUMBERS_PER_SAMPLE)
      return { startedNs: startedNs! - zeroNs, tookNs: tookNs!, call: call! }
    })
  })
}

/** What is in the files of a folder that are called so, and takes them away. */
export function takeFiles(folder: string, names: RegExp): Buffer[] {
  const paths = readdirSync(folder).flatMap((name) => (names.test(name) ? [join(folder, name)] : []))
  return paths.map((path) => {
    const bytes = readFileSync(path)
    rmSync(path)
    return bytes
  })
}

/** How long the work of one app took in one round, in the very process and at the very moments that were measured. */
export interface RoundTiming {
  readonly round: number
  /** With what a look at the clock takes. */
  readonly meanNs: number
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
  const requestNs = new Map(timed.map(({ block, inside }) => [block, meanRequestNs(inside)]))
  return { round, meanNs: mean(kept), samples: kept.length, leftOut: measured.length - kept.length, requestNs }
}

/**
 * From the first sample in a slice to the last, by the number of requests in between: a server under load does one after the other and
 * hardly waits, so this is what a request takes with all that its work does to the rest of it.
 * @param inside samples of one slice, two or more
 */
function meanRequestNs(inside: readonly BurnSample[]): number {
  const [first, last] = [inside[0]!, inside.at(-1)!]
  return (last.startedNs - first.startedNs) / (last.call - first.call)
}

/** What a server says of a round; nothing where it does not say a number. */
export function toldFigure(round: number, value: number): Figure[] {
  return Number.isFinite(value) ? [{ round, value, cpuDistanceNanoseconds: null }] : []
}

/** null without a round. */
export function estimateOf(figures: readonly Figure[]): Estimate | null {
  return estimateFigures([figures])[0]!
}
