import { BASELINE, knownApps, type ResolvedApp } from '../apps/app.ts'
import { openBench } from './benches.ts'
import { type CpuPlacement, notPinned, placeOnCpus, remarkOnPlacement } from './environment/cpus.ts'
import { type KeptRun, keepRun } from './keep-run.ts'
import type { Listener } from './measure/listener.ts'
import { type CompareOptions, withDefaults } from './options.ts'
import { openRunFolder, reopenRunFolder } from './report/files.ts'
import { planOf, resolveApps } from './resolve.ts'
import { readStoppedRun } from './resume/read-stopped-run.ts'
import { resumedOptions } from './resume/resumed-options.ts'

export interface CompareContext {
  /** Where paths given by the user start. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: Listener
  readonly freshSeed: number
  readonly startedAt: Date
}

/**
 * The story on one page: options to a plan, apps and load on a bench, rounds until it is known, findings, files.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when the machine fails
 */
export async function compare(
  given: Partial<CompareOptions> & { readonly resume?: string },
  context: CompareContext,
): Promise<KeptRun> {
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
      : await reopenRunFolder(stopped.folder, stopped.repair)
  if (stopped !== null) listener.remark?.(`going on after round ${stopped.records.length} of the run in ${stopped.folder}`)
  remarkBefore({ options, apps, placement }, listener)
  try {
    const began = stopped === null ? startedAt : new Date(stopped.result.startedAt)
    const order = { options, apps, plan, placement, opened, stopped, startedAt: began }
    return await keepRun(order, folder, { listener, signal })
  } finally {
    await folder.close()
  }
}

interface Announced {
  readonly options: CompareOptions
  readonly apps: readonly ResolvedApp[]
  readonly placement: CpuPlacement
}

/** What a reader of the terminal should know before anything is measured. */
export function remarkBefore({ options, apps, placement }: Announced, listener: Listener): void {
  const doubt = options.driver === 'fake' ? null : remarkOnPlacement(placement)
  if (doubt !== null) listener.remark?.(doubt)
  if (!options.apps.includes(BASELINE)) listener.remark?.(`${BASELINE} is measured as well: every other app is compared with it`)
  for (const { given, modulePath, insideProject } of apps) {
    if (!insideProject) listener.remark?.(`${given} is code from outside this project: ${modulePath}`)
  }
}
