import { rmSync } from 'node:fs'
import { atExit } from '../machine/child.ts'
import type { RunFolder } from '../report/files.ts'
import { RunError } from '../result/errors.ts'
import type { Result } from '../result/model.ts'
import { type RunContext, type RunOrder, runPlan } from './run.ts'

/** A result, and what of it is on the disk. */
export interface KeptRun {
  readonly result: Result
  /** null: nothing was measured, or nothing could be written. */
  readonly folder: string | null
  /** How many rounds the result in the folder has: fewer than this one when the disk was full before the end. */
  readonly writtenRounds: number
  /** Finished rounds are kept, so that the run can go on after them. */
  readonly mayGoOn: boolean
  /** Why the run ended before its time; the result holds what was finished by then. */
  readonly problem: RunError | null
}

export interface KeepContext extends Pick<RunContext, 'signal' | 'listener'> {
  /** What else a result has to say; called for every result that is written. */
  complete?(result: Result): Result
}

const NOTHING_MEASURED = 'stopped before the first round was finished: nothing was measured'

/**
 * Measures into a folder: finished rounds and all reports are on the disk after every round, pages and charts at the end. Of a run without
 * a result nothing is left: samples alone are of no use, and take up space that may be missing.
 */
export async function keepRun(order: RunOrder, folder: RunFolder, context: KeepContext): Promise<KeptRun> {
  const hasNothing = () => !order.stopped && folder.resultRounds === null
  // A second Ctrl-C waits for nothing.
  const done = atExit(() => hasNothing() && rmSync(folder.path, { recursive: true, force: true }))
  try {
    return await keptRun(order, folder, context)
  } finally {
    done()
    if (hasNothing()) await folder.discard()
  }
}

/** @throws RunError when the machine fails before anything was measured */
async function keptRun(order: RunOrder, folder: RunFolder, context: KeepContext): Promise<KeptRun> {
  const { listener, signal, complete = (result) => result } = context
  const { stopped = null } = order
  const outcome = await runPlan(order, {
    listener,
    signal,
    async roundFinished(round, soFar, stored) {
      // Finished rounds only: what is in the files is what the result was made from.
      await folder.keepRound(round.slices, stored())
      await folder.writeReports(complete(soFar()))
    },
  }).catch((error) => {
    if (error instanceof RunError) listener.remark?.(NOTHING_MEASURED)
    throw error
  })
  const { problem } = outcome
  const result = complete(outcome.result)
  if (result.rounds === 0) {
    listener.remark?.(NOTHING_MEASURED)
    return { result, folder: null, writtenRounds: 0, mayGoOn: false, problem }
  }
  const mayGoOn = stopped !== null || folder.keptRounds > 0
  try {
    const remark = await folder.writeReports(result)
    if (remark !== null) listener.remark?.(remark)
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    const writtenRounds = folder.resultRounds ?? stopped?.result.rounds ?? 0
    return { result, folder: writtenRounds === 0 ? null : folder.path, writtenRounds, mayGoOn, problem: problem ?? error }
  }
  // The numbers are safe by now: a page that cannot be made is said, and can be made again from them.
  await folder.writePages(result).catch((error: Error) => {
    listener.remark?.(`report.html was not written (${error.message}); npm run report -- ${folder.path} makes it`)
  })
  return { result, folder: folder.path, writtenRounds: result.rounds, mayGoOn, problem }
}
