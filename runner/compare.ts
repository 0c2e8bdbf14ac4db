import { BASELINE, knownApps } from '../apps/app.ts'
import { openBench } from './benches.ts'
import { notPinned, placeOnCpus } from './environment/cpus.ts'
import { RunError, UserError } from './errors.ts'
import type { Listener } from './measure/listener.ts'
import { type CompareOptions, withDefaults } from './options.ts'
import { openRunFolder, reopenRunFolder } from './report/files.ts'
import { planOf, resolveApps } from './resolve.ts'
import type { Result } from './result.ts'
import { readStoppedRun } from './resume/read-stopped-run.ts'
import { resumedOptions } from './resume/resumed-options.ts'
import { runPlan } from './run.ts'

export interface CompareContext {
  /** Where paths given by the user start. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: Listener
  readonly freshSeed: number
  readonly startedAt: Date
}

/** Where a result was written. */
export interface Comparison {
  readonly result: Result
  readonly folder: string
  /** Why the run ended before its time; the result holds what was finished by then. */
  readonly problem: RunError | null
}

/**
 * The story on one page: options to a plan, apps and load on a bench, rounds until it is known, findings, files.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when the machine fails
 */
export async function compare(
  given: Partial<CompareOptions> & { readonly resume?: string },
  context: CompareContext,
): Promise<Comparison> {
  const { listener, signal, startedAt } = context
  const stopped = given.resume === undefined ? null : await readStoppedRun(given.resume)
  const options = stopped === null ? withDefaults(given, knownApps(), context.freshSeed) : resumedOptions(stopped, given)
  const apps = resolveApps(options.apps, context.cwd)
  const plan = planOf(options, apps)
  const placement = options.driver === 'fake' ? notPinned('nothing runs in a simulation') : placeOnCpus()
  const opened = await openBench(options.driver, options.seed, placement)
  const folder =
    stopped === null
      ? await openRunFolder(options.out, 'compare', startedAt)
      : await reopenRunFolder(stopped.folder, stopped.hasLooseSamples ? stopped.records.map(({ slices }) => slices) : null)
  if (stopped !== null) listener.remark?.(`going on after round ${stopped.records.length} of the run in ${stopped.folder}`)
  if (!options.apps.includes(BASELINE)) listener.remark?.(`${BASELINE} is measured as well: every other app is compared with it`)
  for (const { given, modulePath, insideProject } of apps) {
    if (!insideProject) listener.remark?.(`${given} is code from outside this project: ${modulePath}`)
  }
  try {
    const { result, problem } = await runPlan(
      {
        options,
        apps,
        plan,
        placement,
        opened,
        stopped,
        startedAt: stopped === null ? startedAt : new Date(stopped.result.startedAt),
      },
      {
        listener,
        signal,
        async roundFinished(round, soFar, stored) {
          // Finished rounds only: what is in the files is what the result was made from.
          await folder.keepRound(round.slices, stored())
          await folder.writeReports(soFar())
        },
      },
    )
    const writing = folder.writeReports(result)
    // What could not be written is no news beside what ended the run.
    const remark = problem === null ? await writing : await writing.catch(() => null)
    if (remark !== null) listener.remark?.(remark)
    // The numbers are safe by now: a page that cannot be made is said, and can be made again from them.
    await folder.writePages(result).catch((error: Error) => {
      listener.remark?.(`report.html was not written (${error.message}); npm run report -- ${folder.path} makes it`)
    })
    return { result, folder: folder.path, problem }
  } catch (error) {
    // A mistake in the call was found before anything was measured: there is nothing to keep.
    if (stopped === null && error instanceof UserError && !(error instanceof RunError)) await folder.discard()
    throw error
  } finally {
    await folder.close()
  }
}
