import { BASELINE, knownApps } from '../apps/app.ts'
import { openBench } from './benches.ts'
import { notPinned, placeOnCpus } from './environment/cpus.ts'
import { RunError, UserError } from './errors.ts'
import type { Listener } from './measure/listener.ts'
import { type CompareOptions, withDefaults } from './options.ts'
import { openRunFolder } from './report/files.ts'
import { planOf, resolveApps } from './resolve.ts'
import type { Result } from './result.ts'
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
export async function compare(given: Partial<CompareOptions>, context: CompareContext): Promise<Comparison> {
  const { listener, signal, startedAt } = context
  const options = withDefaults(given, knownApps(), context.freshSeed)
  const apps = resolveApps(options.apps, context.cwd)
  const plan = planOf(options, apps)
  const placement = options.driver === 'fake' ? notPinned('nothing runs in a simulation') : placeOnCpus()
  const opened = await openBench(options.driver, options.seed, placement)
  const folder = await openRunFolder(options.out, 'compare', startedAt)
  if (!options.apps.includes(BASELINE)) listener.remark?.(`${BASELINE} is measured as well: every other app is compared with it`)
  for (const { given, modulePath, insideProject } of apps) {
    if (!insideProject) listener.remark?.(`${given} is code from outside this project: ${modulePath}`)
  }
  try {
    const { result, problem } = await runPlan(
      { options, apps, plan, placement, opened, startedAt },
      {
        listener,
        signal,
        async roundFinished(round, soFar) {
          // Samples of finished rounds only: what is in the file is what the result was made from.
          for (const slice of round.slices) folder.appendSample(slice)
          await folder.flush()
          await folder.writeReports(soFar())
        },
      },
    )
    const writing = folder.writeReports(result)
    // What could not be written is no news beside what ended the run.
    const remark = problem === null ? await writing : await writing.catch(() => null)
    if (remark !== null) listener.remark?.(remark)
    await folder.flush().catch(() => {})
    // The numbers are safe by now: a page that cannot be made is said, and can be made again from them.
    await folder.writePages(result).catch((error: Error) => {
      listener.remark?.(`report.html was not written (${error.message}); npm run report -- ${folder.path} makes it`)
    })
    return { result, folder: folder.path, problem }
  } catch (error) {
    // A mistake in the call was found before anything was measured: there is nothing to keep.
    if (error instanceof UserError && !(error instanceof RunError)) await folder.discard()
    throw error
  } finally {
    await folder.close()
  }
}
